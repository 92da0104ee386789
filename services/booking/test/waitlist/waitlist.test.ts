import { randomUUID } from 'node:crypto'

import { type EventEnvelope, WaitlistOffered } from '@medqueue/contracts'
import { createLogger } from '@medqueue/service-kit'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Value } from 'typebox/value'

import { createCatalogueCache } from '../../src/api/catalogue-cache.ts'
import { sweepOnce } from '../../src/lapses/sweeper.ts'
import { createAvailability } from '../../src/slots/availability.ts'
import { type OfferDeps, takeOneTurn } from '../../src/waitlist/offer.ts'
import { startWaitlist } from '../../src/waitlist/runner.ts'
import type { WaitlistEntry } from '../../src/waitlist/schemas.ts'
import { settle } from '../../src/waitlist/settle.ts'
import { addService, call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
/** Ten hours: a day of a doctor has one slot of it. Each test has a day, so that only its own slot becomes free. */
let whole: string
let catalogue: OfferDeps['catalogue']

const logger = createLogger({ service: 'test', version: '0', level: 'silent' })

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      whole = await addService(pieces, { duration: '10 h', alignment: '10 h' })
    },
  })
  world.work()
  const cache = await createCatalogueCache(world.pool, world.broker, logger, world.prefix)
  scope.teardown(() => cache.stop())
  catalogue = cache.current
})

/** A replica that has just started; it believes what it has read for so long, or not at all. */
const replica = (freshMs = 60_000): OfferDeps => ({
  ...{ pool: world.pool, catalogue, now: () => new Date(), newId: randomUUID },
  availability: createAvailability({ pool: world.pool, monotonicMs: () => performance.now(), freshMs }),
})

/** What every api does, until nothing is left to do. */
const runRounds = async () => {
  await sweepOnce({ pool: world.pool, now: () => new Date(), newId: randomUUID })
  await settle(world.pool)
  await world.pool.query(`UPDATE waitlist_entry SET look_at = now() WHERE status = 'waiting'`)
  for (;;) if (['idle', 'busy'].includes(await takeOneTurn(replica()))) return
}

let used = 0
const somebody = () => world.people.patients[used++] ?? ''

interface Line {
  doctor: number
  day: number
}

const startOf = ({ day }: Line) => world.slot(0, day)
const doctorOf = ({ doctor }: Line) => world.people.doctors[doctor] ?? ''

const book = (line: Line, as: string) =>
  world.book({ doctorId: doctorOf(line), serviceId: whole, start: startOf(line) }, { as })

const wish = (line: Line, fields: object = {}) => ({
  ...{ serviceId: whole, doctorId: doctorOf(line) },
  ...{ from: world.slot(-1, line.day), to: world.slot(1, line.day), ...fields },
})

const join = async (line: Line, as = somebody(), fields: object = {}) => {
  const answer = await call(world, 'POST', '/v1/waitlist', { as, body: wish(line, fields) })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return { as, id: answer.json<WaitlistEntry>().id }
}

type Joined = Awaited<ReturnType<typeof join>>

const read = async ({ id, as }: Joined) =>
  (await call(world, 'GET', `/v1/waitlist/${id}`, { as })).json<WaitlistEntry>()

const answer = async ({ id, as }: Joined, what: 'accept' | 'decline') => {
  const got = await call(world, 'POST', `/v1/waitlist/${id}/${what}`, { as })
  return { ...got.json<{ code?: string; id: string }>(), status: got.statusCode }
}

/** A line of people who wait for a slot that somebody has; `free` gives it back. */
const lineFor = async (line: Line, people: number) => {
  const holder = somebody()
  const { id } = (await book(line, holder)).json<{ id: string }>()
  const joined: Joined[] = []
  for (let n = 0; n < people; n++) joined.push(await join(line))
  await runRounds()
  const free = () => call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: holder })
  return { joined, free }
}

const statuses = async (joined: readonly Joined[]) =>
  (await Promise.all(joined.map(read))).map(({ status }) => status)

const first = <T>(list: readonly T[], index = 0): T => {
  const one = list[index]
  if (one === undefined) throw new Error('there is none')
  return one
}

/** Lets the time of an offer be over. */
const lapse = (joined: Joined) =>
  world.pool.query(
    `UPDATE appointment SET expires_at = now() - interval '1 s', version = version + 1
     WHERE id = (SELECT offer_id FROM waitlist_entry WHERE id = $1)`,
    [joined.id],
  )

test.serial('a freed slot is offered to the first in line alone, and nobody else can have it', async (t) => {
  const line = { doctor: 0, day: 0 }
  const { joined, free } = await lineFor(line, 3)
  t.deepEqual(await statuses(joined), ['waiting', 'waiting', 'waiting'])
  await free()
  await runRounds()
  await runRounds()

  t.deepEqual(await statuses(joined), ['offered', 'waiting', 'waiting'])
  const { offer } = await read(first(joined))
  t.like(offer, { doctorId: doctorOf(line), start: startOf(line) })
  const minutes = (Date.parse(offer?.until ?? '') - Date.now()) / 60_000
  t.true(minutes > 14 && minutes <= 15.1)
  t.is((await book(line, somebody())).statusCode, 409)
  t.is((await book(line, first(joined, 1).as)).statusCode, 409)

  const accepted = await answer(first(joined), 'accept')
  t.like(accepted, { status: 201, id: offer?.appointmentId })
  t.deepEqual(await statuses(joined), ['served', 'waiting', 'waiting'])
  t.deepEqual(await answer(first(joined), 'accept'), accepted)
})

test.serial(
  'who declines once keeps the place, who declines twice is last, and an offer not answered goes on',
  async (t) => {
    const line = { doctor: 0, day: 1 }
    const { joined, free } = await lineFor(line, 3)
    await free()
    await runRounds()
    t.is((await answer(first(joined), 'decline')).status, 200)
    await runRounds()
    t.deepEqual(await statuses(joined), ['waiting', 'offered', 'waiting'])
    t.like(await read(first(joined)), { ahead: 0, passed: 1 })

    await lapse(first(joined, 1))
    await runRounds()
    t.deepEqual(await statuses(joined), ['waiting', 'waiting', 'offered'])
    t.like(await read(first(joined, 1)), { ahead: 1, passed: 1 })

    // Another slot, later that week: again the first is asked first.
    await Promise.all(
      joined.map(({ id }) =>
        world.pool.query(`UPDATE waitlist_entry SET starts_before = $2 WHERE id = $1`, [
          id,
          world.slot(1, 2),
        ]),
      ),
    )
    await runRounds()
    t.deepEqual(await statuses(joined), ['offered', 'waiting', 'offered'])
    await answer(first(joined), 'decline')
    t.like(await read(first(joined)), { status: 'waiting', passed: 2, ahead: 1 })
  },
)

test.serial('who is elsewhere then is passed over, and keeps the place', async (t) => {
  const line = { doctor: 0, day: 3 }
  const { joined, free } = await lineFor(line, 2)
  await book({ doctor: 2, day: 3 }, first(joined).as)
  await free()
  await runRounds()
  t.deepEqual(await statuses(joined), ['waiting', 'offered'])
  t.like(await read(first(joined)), { ahead: 0, passed: 0 })
})

test.serial('five replicas that look at once make one offer', async (t) => {
  const line = { doctor: 1, day: 0 }
  const { joined, free } = await lineFor(line, 5)
  await free()
  await world.pool.query(`UPDATE waitlist_entry SET look_at = now() WHERE status = 'waiting'`)
  const turns = async (deps: OfferDeps) => {
    while ((await takeOneTurn(deps)) !== 'idle');
  }
  await Promise.all(Array.from({ length: 5 }, () => turns(replica())))
  t.deepEqual(await statuses(joined), ['offered', 'waiting', 'waiting', 'waiting', 'waiting'])
  const { rows } = await world.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM appointment WHERE doctor_id = $1 AND status = 'held' AND lower(visit) = $2`,
    [doctorOf(line), startOf(line)],
  )
  t.is(rows[0]?.count, 1)
})

test.serial(
  'of two acceptances at once, by the patient and by staff, one books and the slot has one visit',
  async (t) => {
    const line = { doctor: 1, day: 1 }
    const { joined, free } = await lineFor(line, 1)
    await free()
    await runRounds()
    const one = first(joined)
    const staff = call(world, 'POST', `/v1/waitlist/${one.id}/accept`, { as: randomUUID(), role: 'admin' })
    const answers = await Promise.all([
      answer(one, 'accept'),
      answer(one, 'accept'),
      staff.then((got) => ({ status: got.statusCode })),
    ])
    t.is(answers.filter(({ status }) => status === 201).length > 0, true)
    t.true(answers.every(({ status }) => [201, 409].includes(status)))
    const { rows } = await world.pool.query<{ status: string }>(
      `SELECT status FROM appointment WHERE doctor_id = $1 AND lower(visit) = $2 AND active`,
      [doctorOf(line), startOf(line)],
    )
    t.deepEqual(rows, [{ status: 'booked' }])
    t.deepEqual(await statuses(joined), ['served'])
  },
)

test.serial('who leaves gives the offer to the next; leaving twice is the same as once', async (t) => {
  const line = { doctor: 1, day: 2 }
  const { joined, free } = await lineFor(line, 2)
  await free()
  await runRounds()
  const { id, as } = first(joined)
  const leave = async () => (await call(world, 'DELETE', `/v1/waitlist/${id}`, { as })).statusCode
  t.deepEqual([await leave(), await leave()], [204, 204])
  await runRounds()
  t.deepEqual(await statuses(joined), ['left', 'offered'])
})

test.serial('booking the held slot as any other serves the entry as well', async (t) => {
  const line = { doctor: 1, day: 3 }
  const { joined, free } = await lineFor(line, 1)
  await free()
  await runRounds()
  const { as } = first(joined)
  const { offer } = await read(first(joined))
  const body = {
    doctorId: doctorOf(line),
    serviceId: whole,
    start: startOf(line),
    holdId: offer?.appointmentId,
  }
  t.is((await world.book(body, { as })).statusCode, 201)
  await runRounds()
  t.deepEqual(await statuses(joined), ['served'])
})

test.serial(
  'the running api offers what is freed, declined or newly worked, without being asked',
  async (t) => {
    const runner = startWaitlist({
      ...replica(-1),
      broker: world.broker,
      logger,
      prefix: world.prefix,
      everyMs: 60_000,
    })
    const until = async (entry: Joined, status: string) => {
      for (;;) if ((await read(entry)).status === status) return
    }
    const line = { doctor: 1, day: 4 }
    const { joined, free } = await lineFor(line, 2)
    await free()
    await relay()
    await until(first(joined), 'offered')
    await answer(first(joined), 'decline')
    await relay()
    await until(first(joined, 1), 'offered')

    const more = await join({ doctor: 1, day: 12 })
    t.is((await read(more)).status, 'waiting')
    await world.pool.query('INSERT INTO doctor_window VALUES ($1, $2, $3, $4)', [
      ...[world.people.doctors[1], world.slot(0, 12), world.slot(30, 12), world.people.clinic],
    ])
    world.broker.nc.publish(`${world.prefix}.booking.windows.changed`, world.people.doctors[1] ?? '')
    await until(more, 'offered')
    await runner.stop()
    t.pass()
  },
)

/** Sends on what the outbox holds, as the relay does. */
async function relay(): Promise<void> {
  const { rows } = await world.pool.query<{ subject: string; event: string }>(
    'DELETE FROM outbox RETURNING subject, event',
  )
  for (const { subject, event } of rows) world.broker.nc.publish(`${world.prefix}.${subject}`, event)
}

test.serial(
  'the offer is told to the patient among the events of the appointment it would become',
  async (t) => {
    const line = { doctor: 1, day: 5 }
    const { joined, free } = await lineFor(line, 1)
    await world.pool.query('DELETE FROM outbox')
    await free()
    await runRounds()
    const { as, id } = first(joined)
    const { rows } = await world.pool.query<{ event: string }>(
      'SELECT event FROM outbox WHERE subject = $1',
      [`appointment.offered.${doctorOf(line)}.${as}`],
    )
    const event = JSON.parse(rows[0]?.event ?? '{}') as EventEnvelope
    t.is(event.type, 'waitlist.offered')
    t.true(Value.Check(WaitlistOffered, event.data))
    t.like(event.data, { entryId: id, patientId: as, status: 'held', start: startOf(line) })
  },
)
