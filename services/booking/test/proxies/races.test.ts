import { namesOf } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type pg from 'pg'

import { call, until } from '../helpers/call.ts'
import { letAct, revoke } from '../helpers/proxies.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
let idle: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

let used = 0
const somebody = ({ people }: World) => people.patients[used++] ?? ''
let slots = 0
const visit = ({ people, slot }: World) => {
  const n = slots++
  return {
    doctorId: people.doctors[n % 3] ?? '',
    serviceId: people.consultation,
    start: slot(Math.floor(n / 3) % 30, Math.floor(n / 90)),
  }
}

/** What a proxy has brought about: every version of every appointment of the patient that was theirs. */
const LOGGED = `SELECT appointment_id || ' ' || version AS change FROM appointment_event
  WHERE appointment ->> 'patient_id' = $1 AND appointment ->> 'actor_id' = $2 ORDER BY change`

for (const round of [1, 2, 3, 4]) {
  test(`what a proxy does while it is revoked is done before it, or not at all (${round})`, async (t) => {
    const [child, mother] = [somebody(world), somebody(world)]
    const grant = await letAct(world, { patientId: child, proxyId: mother })
    const own = await Promise.all(
      [1, 2, 3].map(async () => (await world.book(visit(world), { as: child })).json<{ id: string }>().id),
    )
    const changesOf = async (client: pg.ClientBase | pg.Pool) => {
      const { rows } = await client.query<{ change: string }>(LOGGED, [child, mother])
      return rows.map(({ change }) => change)
    }
    const [first, second, third] = own
    const under = [
      ...Array.from({ length: 12 }, () =>
        world
          .book({ ...visit(world), patientId: child }, { as: mother })
          .then(({ statusCode }) => statusCode),
      ),
      ...[
        [`/v1/appointments/${first}/cancel`, {}],
        [`/v1/appointments/${second}/move`, { start: visit(world).start }],
        [`/v1/appointments/${third}/cancel`, {}],
        ['/v1/holds', { ...visit(world), patientId: child }],
        ['/v1/holds', { ...visit(world), patientId: child }],
      ].map(
        async ([url, body]) =>
          (await call(world, 'POST', url as string, { as: mother, body: body as object })).statusCode,
      ),
    ]
    const done = new Set<number>()
    under.forEach((answer, index) => void answer.then(() => done.add(index)))
    // Sooner in one round than in another.
    await until(async () => done.size >= (round - 1) * 3)
    let before: string[] = []
    await revoke(world, grant, async (client) => {
      before = await changesOf(client)
    })
    await Promise.all(under)
    t.deepEqual(await changesOf(world.pool), before)
    t.is((await world.book({ ...visit(world), patientId: child }, { as: mother })).statusCode, 403)
  })
}

/** Resolves when as many requests wait in the queue. */
const queued = (count: number) =>
  until(async () => {
    const { state } = await idle.broker.jsm.streams.info(namesOf(idle.prefix).streams.bookingRequests)
    return state.messages >= count
  })

test.serial('what waits in the queue when a proxy is revoked is refused', async (t) => {
  idle = await createWorld(scope)
  const [child, mother, father] = [somebody(idle), somebody(idle), somebody(idle)]
  const grant = await letAct(idle, { patientId: child, proxyId: mother })
  await letAct(idle, { patientId: child, proxyId: father })
  const { people } = idle
  const at = (n: number) => ({
    doctorId: people.doctors[0],
    serviceId: people.consultation,
    start: idle.slot(n, 0),
  })
  const single = idle.book({ ...at(0), patientId: child }, { as: mother })
  await queued(1)
  const other = idle.book({ ...at(1), patientId: child }, { as: father })
  const own = idle.book(at(2), { as: child })
  const body = {
    ...at(3),
    start: undefined,
    starts: [idle.slot(5, 1), idle.slot(5, 2)],
    patientId: child,
    mode: 'all',
  }
  const series = call(idle, 'POST', '/v1/series', { as: mother, body })
  await until(async () => {
    const { rows } = await idle.pool.query(`SELECT FROM appointment WHERE status = 'held'`)
    return rows.length === 2
  })
  await revoke(idle, grant)
  idle.work()
  const refused = await single
  t.is(refused.statusCode, 403, refused.body)
  t.like(refused.json(), { code: 'BOOKING_PROXY_ENDED', errors: [{ field: 'patientId' }] })
  t.is((await other).statusCode, 201)
  t.is((await own).statusCode, 201)
  const clash = await series
  t.is(clash.statusCode, 409, clash.body)
  t.like(clash.json(), { visits: [{ code: 'BOOKING_PROXY_ENDED' }, { code: 'BOOKING_PROXY_ENDED' }] })
  const { rows } = await idle.pool.query<{ status: string; count: number }>(
    'SELECT status, count(*)::int AS count FROM appointment WHERE patient_id = $1 GROUP BY status ORDER BY status',
    [child],
  )
  // What was held for the series is given back.
  t.deepEqual(rows, [
    { status: 'booked', count: 2 },
    { status: 'cancelled', count: 2 },
  ])
})
