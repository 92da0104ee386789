import { fileScope } from '@medqueue/testing'
import test from 'ava'
import fc from 'fast-check'

import { createAvailability } from '../src/slots/availability.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
const DAY = 86_400
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const seconds = (n: number, day: number) => Date.parse(world.slot(n, day)) / 1_000
const whole = () => ({ start: seconds(0, 0), end: seconds(0, 0) + 10 * DAY })

const fixture = () => {
  let now = 0
  const availability = createAvailability({ pool: world.pool, monotonicMs: () => now, freshMs: 1_000 })
  return { availability, pass: (ms: number) => (now += ms) }
}

async function occupy(doctorId: string, n: number, day: number): Promise<boolean> {
  const { rowCount } = await world.pool.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
     SELECT gen_random_uuid(), $1, gen_random_uuid(), $2, $3, v, v, 'booked'
     FROM tstzrange(to_timestamp($4), to_timestamp($4 + 1200)) v ON CONFLICT DO NOTHING`,
    [doctorId, world.people.consultation, world.people.clinic, seconds(n, day)],
  )
  return rowCount === 1
}

async function free(doctorId: string, n: number, day: number): Promise<void> {
  await world.pool.query(
    `UPDATE appointment SET status = 'cancelled', version = version + 1 WHERE doctor_id = $1 AND lower(visit) = to_timestamp($2)`,
    [doctorId, seconds(n, day)],
  )
}

test('what is remembered, told of each change, equals what is read anew', async (t) => {
  const { availability } = fixture()
  const doctors = world.people.doctors.slice(0, 3)
  const change = fc.record({ doctor: fc.nat(2), slot: fc.nat(29), day: fc.nat(3), act: fc.nat(2) })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      for (const { doctor, slot, day, act } of changes) {
        const doctorId = doctors[doctor] ?? ''
        const start = seconds(slot, day)
        if (act === 0) await availability.windows(doctors, whole())
        else if (await occupy(doctorId, slot, day))
          availability.occupy(doctorId, { start, end: start + 1_200 })
        else await free(doctorId, slot, day).then(() => availability.release(doctorId, start))
      }
      const remembered = await availability.windows(doctors, whole())
      const anew = await fixture().availability.windows(doctors, whole())
      t.deepEqual(remembered, anew)
    }),
    { numRuns: 40 },
  )
})

test('a change while a week is being read is seen by the next look', async (t) => {
  const { availability } = fixture()
  const [, , , doctorId = ''] = world.people.doctors
  const first = availability.windows([doctorId], whole())
  t.true(await occupy(doctorId, 5, 5))
  availability.occupy(doctorId, { start: seconds(5, 5), end: seconds(6, 5) })
  await first
  const windows = await availability.windows([doctorId], whole())
  t.true(windows.some(({ busy }) => busy.some(({ start }) => start === seconds(5, 5))))
})

test('without a word of a change, a week is believed until it is old, then read again', async (t) => {
  const { availability, pass } = fixture()
  const [, , , doctorId = ''] = world.people.doctors
  const busyAt = async (n: number) => {
    const windows = await availability.windows([doctorId], whole())
    return windows.some(({ busy }) => busy.some(({ start }) => start === seconds(n, 6)))
  }
  t.false(await busyAt(7))
  t.true(await occupy(doctorId, 7, 6))
  t.false(await busyAt(7))
  // Who looks now is told what is known; meanwhile it is read again.
  pass(1_001)
  t.false(await busyAt(7))
  while (!(await busyAt(7))) await new Promise(setImmediate)
  // What is too old is not told.
  t.true(await occupy(doctorId, 8, 6))
  pass(2_001)
  t.true(await busyAt(8))
})

test('beyond its size it drops the oldest and still answers', async (t) => {
  const small = createAvailability({ pool: world.pool, monotonicMs: () => 0, most: 1 })
  const doctors = world.people.doctors.slice(0, 3)
  // Two days that no other test here writes in.
  const quiet = { start: seconds(0, 8), end: seconds(0, 8) + 2 * DAY }
  t.deepEqual(await small.windows(doctors, quiet), await fixture().availability.windows(doctors, quiet))
})

test('a read that failed is tried again by the next look', async (t) => {
  let fails = true
  const pool = {
    query: (config: unknown) =>
      fails ? Promise.reject(new Error('away')) : world.pool.query(config as { text: string }),
  } as unknown as typeof world.pool
  const availability = createAvailability({ pool, monotonicMs: () => 0 })
  await t.throwsAsync(availability.windows(world.people.doctors, whole()), { message: 'away' })
  fails = false
  t.is((await availability.windows(world.people.doctors.slice(0, 1), whole())).length, 10)
})
