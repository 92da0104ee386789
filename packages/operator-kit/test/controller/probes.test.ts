import test from 'ava'

import { serveProbes } from '../../src/index.ts'
import { managed } from '../helpers/managed.ts'

test('answers whether it lives, whether it is ready, and its metrics', async (t) => {
  const { manager, turnUntil, stop } = await managed(t, { reconcile: async () => ({}) })
  const probes = await serveProbes(manager, { host: '127.0.0.1', port: 0 })
  t.teardown(probes.close)
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${probes.port}${path}`)
    return { status: response.status, text: await response.text() }
  }
  await turnUntil(() => manager.ready().every(({ ok }) => ok))

  t.deepEqual(await ask('/readyz'), { status: 200, text: 'manager: ok\ninformer-pools: ok\n' })
  t.deepEqual(await ask('/livez'), { status: 200, text: 'leader-election: ok\ninformer-pools: ok\n' })
  const metrics = await ask('/metrics')
  t.regex(metrics.text, /controller_runtime_reconcile_total\{controller="pool",result="success"\} 0/)
  t.is((await ask('/other')).status, 404)

  await stop()

  t.deepEqual(await ask('/readyz'), { status: 503, text: 'manager: stopped\ninformer-pools: ok\n' })
})
