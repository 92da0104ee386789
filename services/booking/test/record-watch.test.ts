import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { createTestDatabase, type TestDatabase } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import pg from 'pg'
import { Registry } from 'prom-client'

import { recordMetrics } from '../src/record-watch/metrics.ts'
import { createLook, pauseAfter, startRecordWatch } from '../src/record-watch/watch.ts'

const MIGRATIONS = join(import.meta.dirname, '../migrations')
const MINUTE = 60_000
const NOON = Date.UTC(2031, 2, 3, 12)

interface Visit {
  doctor: string
  patient: string
  /** Minutes from noon. */
  from: number
  to: number
  /** Until when the doctor is kept. */
  until: number
  status: string
  decision: string | undefined
}

interface World {
  database: TestDatabase
  owner: pg.Client
  doctors: string[]
  /** Writes an appointment and its request. */
  visit: (given: Partial<Visit>) => Promise<string>
  /** One look. */
  look: () => Promise<void>
  /** Looks until every doctor has been looked at. */
  round: () => Promise<void>
  /** A figure of the last look. */
  figure: (name: string) => Promise<number | undefined>
  errors: object[]
}

const DOCTORS = 5

async function createWorld(t: ExecutionContext): Promise<World> {
  const database = await createTestDatabase(t, MIGRATIONS)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  t.teardown(async () => owner.end())
  const doctors = Array.from({ length: DOCTORS }, () => randomUUID() as string)
  await owner.query(
    `INSERT INTO doctor SELECT id, 1, true, 'Doctor', gen_random_uuid(), '{}', '{}' FROM unnest($1::uuid[]) id`,
    [doctors],
  )
  const registry = new Registry()
  const errors: object[] = []
  const nothing = () => undefined
  const look = createLook({
    pool: database.pool,
    metrics: recordMetrics(registry),
    logger: { debug: nothing, info: nothing, warn: nothing, error: (fields) => errors.push(fields) },
    now: () => new Date(NOON),
    doctorsALook: 2,
  })
  return {
    database,
    owner,
    doctors,
    visit: async (given) => visit(owner, { doctor: doctors[0] ?? '', ...given }),
    look,
    round: async () => {
      for (let n = 0; n < Math.ceil(DOCTORS / 2) + 1; n++) await look()
    },
    figure: async (name) => figureIn(await registry.metrics(), name),
    errors,
  }
}

async function visit(owner: pg.Client, given: Partial<Visit>): Promise<string> {
  const { from = 0, to = from + 20, until = to, status = 'booked', decision = 'booked' } = given
  const { doctor = randomUUID(), patient = randomUUID() } = given
  const id = randomUUID()
  const at = (minutes: number) => new Date(NOON + minutes * MINUTE)
  await owner.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
     VALUES ($1, $2, $3, $1, $1, tstzrange($4, $5), tstzrange($4, $6), $7)`,
    [id, doctor, patient, at(from), at(to), at(until), status],
  )
  if ('decision' in given && given.decision === undefined) return id
  await owner.query(
    `INSERT INTO booking_request (id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
       stream_seq, batch_pos, decision) VALUES ($1, $1, $2, $2, $3, $1, $4, 0, 1, 0, $5)`,
    [id, patient, doctor, at(from), decision],
  )
  return id
}

function figureIn(text: string, name: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

/** Gives up as a statement does that takes too long. */
const CANCELLED = `DO $$ BEGIN RAISE EXCEPTION SQLSTATE '57014'; END $$`

const violations = (kind: string) => `booking_record_violations{kind="${kind}"}`
const guard = (name: string) => `booking_record_guard{constraint="${name}"}`

async function dropGuards({ owner }: World): Promise<void> {
  await owner.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  await owner.query('ALTER TABLE appointment DROP CONSTRAINT appointment_patient_free')
}

test('a record in order has no violations and both guards', async (t) => {
  const world = await createWorld(t)
  const patient = randomUUID()
  // One after the other, at one time with others, and cancelled: all of it may be.
  await world.visit({ patient, from: 0 })
  await world.visit({ patient, from: 20 })
  await world.visit({ from: 0, doctor: world.doctors[1] ?? '' })
  await world.visit({ patient, from: 0, status: 'cancelled' })
  await world.visit({ from: 40, status: 'pending', decision: 'pending' })

  await world.round()

  for (const kind of ['doctor_double_booked', 'patient_double_booked', 'appointment_without_request'])
    t.is(await world.figure(violations(kind)), 0, kind)
  for (const name of ['appointment_doctor_free', 'appointment_patient_free'])
    t.is(await world.figure(guard(name)), 1, name)
  t.is(await world.figure('booking_record_looked_at_timestamp_seconds'), NOON / 1_000)
  t.deepEqual(world.errors, [])
})

test('two visits at one time are seen, of a doctor whose buffer is cut, too', async (t) => {
  const world = await createWorld(t)
  await dropGuards(world)
  const last = world.doctors.toSorted().at(-1) ?? ''
  await world.visit({ doctor: last, from: 0, to: 20, until: 30 })
  await world.visit({ doctor: last, from: 20, status: 'pending', decision: 'pending' })

  await world.round()

  t.is(await world.figure(violations('doctor_double_booked')), 1)
  t.is(await world.figure(violations('patient_double_booked')), 0)
  // Once that the guards are gone, once for what came of it.
  t.is(world.errors.length, 2)
})

test('a short visit inside a long one does not hide the next', async (t) => {
  const world = await createWorld(t)
  await dropGuards(world)
  await world.visit({ from: 0, to: 100 })
  await world.visit({ from: 10, to: 20 })
  await world.visit({ from: 60, to: 80 })

  await world.round()

  t.is(await world.figure(violations('doctor_double_booked')), 2)
})

test('a patient at two doctors at one time is seen once, whoever the doctors are', async (t) => {
  const world = await createWorld(t)
  await dropGuards(world)
  const patient = randomUUID()
  for (const doctor of world.doctors.slice(0, 2)) await world.visit({ doctor, patient, from: 5 })

  await world.round()

  t.is(await world.figure(violations('patient_double_booked')), 1)
  t.is(await world.figure(violations('doctor_double_booked')), 0)
})

test('an appointment that no request made is seen, and one whose request was refused', async (t) => {
  const world = await createWorld(t)
  await world.visit({ from: 0, decision: undefined })
  await world.visit({ from: 20, decision: 'refused' })

  await world.round()

  t.is(await world.figure(violations('appointment_without_request')), 2)
})

test('a violation stays until a whole round has passed without it', async (t) => {
  const world = await createWorld(t)
  await dropGuards(world)
  const first = world.doctors.toSorted()[0] ?? ''
  await world.visit({ doctor: first, from: 0 })
  const second = await world.visit({ doctor: first, from: 10 })
  const figure = async () => world.figure(violations('doctor_double_booked'))

  await world.look()
  t.is(await figure(), 1)
  await world.owner.query(
    `UPDATE appointment SET status = 'cancelled', version = version + 1 WHERE id = $1`,
    [second],
  )
  for (let n = 0; n < 2; n++) await world.look()
  t.is(await figure(), 1)
  await world.round()
  await world.round()
  t.is(await figure(), 0)
})

test('what is long over is not looked at', async (t) => {
  const world = await createWorld(t)
  await dropGuards(world)
  for (let n = 0; n < 2; n++) await world.visit({ from: -2 * 24 * 60 })

  await world.round()

  t.is(await world.figure(violations('doctor_double_booked')), 0)
})

test('a guard that is gone or passes over a status is missed', async (t) => {
  const world = await createWorld(t)
  await world.owner.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  await world.owner.query('ALTER TABLE appointment DROP CONSTRAINT appointment_patient_free')
  await world.owner.query(
    `ALTER TABLE appointment ADD CONSTRAINT appointment_patient_free
     EXCLUDE USING gist (patient_id WITH =, visit WITH &&) WHERE (status = 'booked')`,
  )

  await world.look()

  t.is(await world.figure(guard('appointment_doctor_free')), 0)
  t.is(await world.figure(guard('appointment_patient_free')), 0)
})

test('a guard that is gone is missed, though the appointments cannot be counted', async (t) => {
  const world = await createWorld(t)
  await world.owner.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  await world.owner.query('ALTER TABLE doctor RENAME TO away')

  await t.throwsAsync(world.look())

  t.is(await world.figure(guard('appointment_doctor_free')), 0)
  t.is(world.errors.length, 1)
})

test('a doctor whose appointments take too long to count hides those of nobody else', async (t) => {
  const world = await createWorld(t)
  const { database, doctors } = world
  const [first = '', ...others] = doctors.toSorted()
  await dropGuards(world)
  for (const from of [0, 10]) await world.visit({ doctor: others.at(-1) ?? '', from })
  const query = database.pool.query.bind(database.pool)
  const slow = async (config: pg.QueryConfig) => {
    const [after = ''] = (config.values ?? []) as string[]
    return query(config.name === 'count-violations' && after < first ? CANCELLED : config)
  }
  const registry = new Registry()
  const nothing = () => undefined
  const look = createLook({
    pool: Object.assign(Object.create(database.pool) as typeof database.pool, { query: slow }),
    metrics: recordMetrics(registry),
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    now: () => new Date(NOON),
    doctorsALook: 2,
  })

  for (let failures = 0; failures < 2; failures++) await t.throwsAsync(look(), { code: '57014' })
  for (let looks = others.length; looks > 0; looks--) await look()

  t.is(figureIn(await registry.metrics(), violations('doctor_double_booked')), 1)
})

test('a look that fails changes no figure, and is tried again', async (t) => {
  const { database, owner } = await createWorld(t)
  const registry = new Registry()
  const metrics = recordMetrics(registry)
  const nothing = () => undefined
  const warned = Promise.withResolvers<string>()
  const looked = Promise.withResolvers<undefined>()
  await owner.query('ALTER TABLE doctor RENAME TO away')

  const watch = startRecordWatch({
    pool: database.pool,
    metrics: {
      ...metrics,
      setViolations: (...seen) => {
        metrics.setViolations(...seen)
        looked.resolve(undefined)
      },
    },
    logger: { debug: nothing, info: nothing, warn: (_fields, text) => warned.resolve(text), error: nothing },
    now: () => new Date(NOON),
    everyMs: 5,
    rest: 0,
  })
  const figure = async () => figureIn(await registry.metrics(), 'booking_record_looked_at_timestamp_seconds')

  t.regex(await warned.promise, /could not be looked at/)
  t.is(await figure(), 0)
  await owner.query('ALTER TABLE away RENAME TO doctor')
  await looked.promise
  t.is(await figure(), NOON / 1_000)
  await watch.stop()
})

test('the longer a look takes, the longer it rests, up to a minute', (t) => {
  t.is(pauseAfter(2, 1_000), 1_000)
  t.is(pauseAfter(100, 1_000), 9_900)
  t.is(pauseAfter(10_000, 1_000), 60_000)
})
