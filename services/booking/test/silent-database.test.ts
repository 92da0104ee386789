import { createPool } from '@medqueue/database'
import test from 'ava'

import { PLAN_SETTINGS } from '../src/store/plan-settings.ts'
import { pausableProxy } from './helpers/pausable-proxy.ts'
import { createWorld } from './helpers/world.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a worker whose connections fall silent makes new ones and decides on', async (t) => {
  t.timeout(60_000)
  const world = await createWorld(t)
  const proxy = await pausableProxy(t, new URL(world.database.appUrl))
  const url = new URL(world.database.appUrl)
  url.port = String(proxy.port)
  const pool = createPool({
    url: url.toString(),
    max: 5,
    name: 'silent',
    settings: PLAN_SETTINGS,
    statementTimeoutMs: 500,
    // The silent sessions hold locks until the server ends them.
    idleInTransactionTimeoutMs: 1_000,
  })
  t.teardown(() => pool.end())
  const worker = world.work({ pool, leaseTtlMs: 1_000 })
  const body = (n: number) => ({
    doctorId: world.people.doctors[0],
    serviceId: world.people.consultation,
    start: world.slot(n),
  })
  while (worker.partitions().length < 4) await turn()
  t.is((await world.book(body(0), { prefer: 'wait=10' })).statusCode, 201)

  proxy.silence()
  t.is((await world.book(body(1), { as: world.people.patients[1] ?? '', prefer: 'wait=10' })).statusCode, 201)
})
