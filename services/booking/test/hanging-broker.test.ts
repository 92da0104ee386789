import { connectBroker } from '@medqueue/messaging'
import { testServers } from '@medqueue/testing'
import test from 'ava'

import { pausableProxy } from './helpers/pausable-proxy.ts'
import { createWorld, type World } from './helpers/world.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Until when the worker has said that it lives; Unix milliseconds. */
async function livesUntil({ pool }: World, owner: string): Promise<number> {
  const { rows } = await pool.query<{ expires_at: Date }>(
    'SELECT expires_at FROM booking_worker WHERE owner = $1',
    [owner],
  )
  return rows[0]?.expires_at.getTime() ?? 0
}

test('a worker whose broker hangs keeps its leases and shares them', async (t) => {
  t.timeout(30_000)
  const world = await createWorld(t)
  const { natsUrl, natsMonitorUrl } = testServers()
  const proxy = await pausableProxy(t, new URL(natsUrl))
  const url = `nats://127.0.0.1:${proxy.port}`
  const broker = await connectBroker({ url, monitorUrl: natsMonitorUrl, name: 'hanging' })
  t.teardown(() => broker.close())
  const leaseTtlMs = 1_000
  const first = world.work({ broker, owner: 'first', leaseTtlMs })
  t.teardown(() => proxy.resume())
  while (first.partitions().length < 4) await turn()

  proxy.pause()
  const second = world.work({ leaseTtlMs })
  while (second.partitions().length < 2) await turn()
  const since = await livesUntil(world, 'first')
  while ((await livesUntil(world, 'first')) < since + 3 * leaseTtlMs && second.partitions().length < 3)
    await turn()

  t.is(first.partitions().length, 2)
  t.is(second.partitions().length, 2)
})
