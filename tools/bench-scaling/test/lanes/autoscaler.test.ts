import { createClient } from '@medqueue/operator-kit'
import { FakeApiServer, until } from '@medqueue/operator-kit/testing'
import test from 'ava'

import { watchAutoscaler } from '../../src/lanes/autoscaler.ts'
import { AUTOSCALERS } from '../../src/world/kinds.ts'
import { NAMESPACE } from '../../src/world/names.ts'

const NAME = 'keda-hpa-workers-2'
const key = { namespace: NAMESPACE, name: NAME }
const condition = { type: 'AbleToScale', status: 'True' }

test('it is noted when the HPA is made and when it is looked at first, of that HPA alone', async (t) => {
  await using server = await FakeApiServer.start({ kinds: [{ ...AUTOSCALERS, status: true }] })
  const client = createClient({ kubeConfig: server.access(), fieldManager: 'bench-scaling' })
  let now = 1_000
  // Of the run before; it is on its way out.
  const old = server.seed(AUTOSCALERS, { metadata: { ...key, name: 'keda-hpa-workers-1' } })
  server.change(
    AUTOSCALERS,
    { ...key, name: old.metadata.name },
    { status: { conditions: [condition] } },
    'status',
  )
  const watch = await watchAutoscaler(client, NAME, () => now)
  t.teardown(watch.stop)
  t.is(watch.madeAt, undefined)
  now = 2_000
  server.seed(AUTOSCALERS, { metadata: { ...key } })
  await until(() => watch.madeAt !== undefined)
  t.like(watch, { madeAt: 2_000, lookedAt: undefined })
  now = 17_000
  server.change(AUTOSCALERS, key, { status: { conditions: [condition] } }, 'status')
  await until(() => watch.lookedAt !== undefined)
  now = 32_000
  server.change(AUTOSCALERS, key, { status: { conditions: [{ ...condition, reason: 'Again' }] } }, 'status')
  await watch.stop()
  t.like(watch, { madeAt: 2_000, lookedAt: 17_000 })
})
