import { fileScope } from '@medqueue/testing'
import test from 'ava'
import fc from 'fast-check'
import pg from 'pg'

import { sweepOnce } from '../src/lapses/sweeper.ts'
import { compareWithLog, type LogComparison } from '../src/store/compare-with-log.ts'
import { addResources, addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

/** Changes in the random history; `make verify-events` asks for 50,000. */
const CHANGES = Number(process.env.VERIFY_EVENTS_CHANGES ?? 1_500)
const AT_A_TIME = 100

const scope = fileScope(test)
let world: World
let services: string[]

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      const course = await addService(pieces, { capacity: 8 })
      const scan = await addService(pieces, {
        room_kind: 'scan-room',
        buffer_before: '5 min',
        alignment: '5 min',
      })
      await addResources(pieces, 'scan-room', 3)
      const request_fields = JSON.stringify([{ key: 'why', label: 'Why?', kind: 'text' }])
      const asked = await addService(pieces, { approval: 'manual', request_fields })
      services = [pieces.people.consultation, course, scan, asked]
      // Many days to book in.
      await pieces.pool.query(
        `INSERT INTO doctor_window SELECT doctor_id, starts_at + n * interval '10 d', ends_at + n * interval '10 d', clinic_id
         FROM doctor_window, generate_series(1, 60) n`,
      )
      await pieces.pool.query(`UPDATE service_type SET horizon = '700 d'`)
    },
  })
  world.work()
})

async function comparison(): Promise<LogComparison> {
  const client = await world.pool.connect()
  try {
    return await compareWithLog(client)
  } finally {
    client.release()
  }
}

const step = fc.record({
  what: fc.constantFrom(
    'book',
    'book',
    'book',
    'hold',
    'take',
    'extend',
    'release',
    'move',
    'cancel',
    'decide',
    'void',
  ),
  patient: fc.nat(999),
  doctor: fc.nat(2),
  service: fc.nat(3),
  slot: fc.nat(29),
  day: fc.nat(600),
  which: fc.nat(1_000_000),
  word: fc
    .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
    .filter((word) => !word.includes('\u0000')),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Known {
  id: string
  patient: string
  body: { doctorId: string; serviceId: string; start: string }
}

/** A message, and an answer where the service asks. */
const said = ({ service, word }: Step) => ({
  message: word,
  ...(service === 3 ? { answers: { why: word } } : {}),
})

/** Does one step as whoever may, on something known where it needs one. What is refused is refused. */
async function take(steps: { appointments: Known[]; holds: Known[] }, given: Step): Promise<void> {
  const { people } = world
  const patient = people.patients[given.patient] ?? ''
  const body = {
    doctorId: people.doctors[given.doctor] ?? '',
    serviceId: services[given.service] ?? '',
    start: world.slot(given.slot, given.day),
  }
  const pick = (known: Known[]) => known[given.which % Math.max(1, known.length)]
  const keep = (list: Known[], answer: { statusCode: number; json: () => { id: string } }, of: Known) => {
    if (answer.statusCode === 201) list.push({ ...of, id: answer.json().id })
  }
  const own = { id: '', patient, body }
  const target = pick(
    given.what === 'take' || given.what === 'extend' || given.what === 'release'
      ? steps.holds
      : steps.appointments,
  )
  if (given.what === 'book')
    keep(steps.appointments, await world.book({ ...body, ...said(given) }, { as: patient }), own)
  else if (given.what === 'hold')
    keep(steps.holds, await call(world, 'POST', '/v1/holds', { as: patient, body }), own)
  else if (target !== undefined) await change(steps, given, target, body.start)
}

async function change(
  steps: { appointments: Known[] },
  { what, word }: Step,
  { id, patient, body }: Known,
  start: string,
): Promise<void> {
  const url = `/v1/appointments/${id}`
  const admin = { as: '00000000-0000-4000-8000-00000000ad01', role: 'admin' as const }
  switch (what) {
    case 'take': {
      const answers = body.serviceId === services[3] ? { answers: { why: word } } : {}
      const answer = await world.book({ ...body, ...answers, holdId: id }, { as: patient })
      if (answer.statusCode === 201) steps.appointments.push({ id, patient, body })
      return
    }
    case 'extend':
      await call(world, 'POST', `/v1/holds/${id}/extend`, { as: patient })
      return
    case 'release':
      await call(world, 'DELETE', `/v1/holds/${id}`, { as: patient })
      return
    case 'move':
      await call(world, 'POST', `${url}/move`, { as: patient, body: { start } })
      return
    case 'cancel':
      await call(world, 'POST', `${url}/cancel`, { as: patient, body: { reason: word } })
      return
    case 'decide':
      await call(world, 'POST', `${url}/${word.length % 2 === 0 ? 'approve' : 'decline'}`, {
        ...admin,
        body: { reason: word },
      })
      return
    default:
      await call(world, 'POST', `${url}/void`, { ...admin, body: { reason: word } })
      return
  }
}

test('after a random history the log makes the record again, byte for byte', async (t) => {
  t.timeout(3_600_000)
  const known = { appointments: [] as Known[], holds: [] as Known[] }
  let seed = 1
  for (;;) {
    await Promise.all(fc.sample(step, { numRuns: AT_A_TIME, seed: seed++ }).map((one) => take(known, one)))
    // Now and then time passes for those who hold.
    if (seed % 10 === 0) {
      await world.pool.query(
        `UPDATE appointment SET expires_at = now() - interval '1 s', version = version + 1 WHERE status = 'held'`,
      )
      await sweepOnce({ pool: world.pool, now: () => new Date(), newId: () => crypto.randomUUID() })
    }
    const { rows } = await world.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM appointment_event')
    if ((rows[0]?.n ?? 0) >= CHANGES) break
  }
  const { rows } = await world.pool.query<{ status: string }>('SELECT DISTINCT status FROM appointment')
  for (const status of ['booked', 'cancelled', 'expired', 'entered-in-error'])
    t.true(
      rows.some((row) => row.status === status),
      status,
    )
  const compared = await comparison()
  t.true(compared.changes >= CHANGES)
  t.like(compared, { different: 0, gaps: 0 })
  t.is(compared.record, compared.rebuilt)
  t.log(`${compared.changes} changes of ${compared.appointments} appointments`)
})

test.serial('a record that was changed behind its log is found out', async (t) => {
  const own = await createWorld(t)
  own.work()
  await own.book({ doctorId: own.people.doctors[0], serviceId: own.people.consultation, start: own.slot(0) })
  const client = new pg.Client({ connectionString: own.database.ownerUrl })
  await client.connect()
  try {
    await client.query('ALTER TABLE appointment DISABLE TRIGGER appointment_changed')
    await client.query(`UPDATE appointment SET message = 'forged'`)
    const { different, record, rebuilt } = await compareWithLog(client)
    t.is(different, 1)
    t.not(record, rebuilt)
  } finally {
    await client.end()
  }
})
