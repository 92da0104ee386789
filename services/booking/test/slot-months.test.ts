import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

interface Month {
  zone: string
  firstFree: string | null
  doctorIds: string[]
  days: { date: string; free: number; doctors: number[]; empty?: { code: string; reason?: string } }[]
}

const scope = fileScope(test)
let world: World
let month: Month['days']
/** The day of the month after which windows are, and a doctor who is away then. */
const CLOSED = 'Municipal holiday'

const dateOf = (day: number) => world.slot(0, day).slice(0, 10)

async function search(query: Record<string, string>): Promise<Month> {
  const asked = { serviceId: world.people.consultation, zone: 'UTC', ...query }
  const answer = await world.app.inject({ url: `/v1/slots/months?${new URLSearchParams(asked).toString()}` })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json<Month>()
}

/** The days from today on: the ten with hours may lie in two months. */
async function days(query: Record<string, string>): Promise<Month['days'] & { ids?: string[] }> {
  const first = new Date().toISOString().slice(0, 7)
  const months = [...new Set([first, dateOf(0).slice(0, 7), dateOf(30).slice(0, 7)])]
  const found = await Promise.all(months.map((one) => search({ ...query, month: one })))
  return found.flatMap((one) =>
    one.days.map((day) => ({
      ...day,
      doctors: day.doctors,
      ids: day.doctors.map((at) => one.doctorIds[at]),
    })),
  )
}

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async ({ pool, people }) => {
      // Day 4 is closed for everybody; on day 5 one doctor has no free time left, and the other no hours.
      await pool.query(
        `DELETE FROM doctor_window WHERE (starts_at AT TIME ZONE 'UTC')::date = (now() AT TIME ZONE 'UTC')::date + 5`,
      )
      await pool.query(
        `INSERT INTO window_note SELECT d, date_trunc('day', now(), 'UTC') + interval '5 d',
           date_trunc('day', now(), 'UTC') + interval '6 d', $2, $3 FROM unnest($1::uuid[]) d`,
        [people.doctors, people.clinic, CLOSED],
      )
      await pool.query(
        `DELETE FROM doctor_window WHERE doctor_id <> $1
           AND (starts_at AT TIME ZONE 'UTC')::date = (now() AT TIME ZONE 'UTC')::date + 6`,
        [people.doctors[0]],
      )
      await pool.query(
        `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
         SELECT gen_random_uuid(), doctor_id, gen_random_uuid(), $2, clinic_id, v, v, 'booked'
         FROM doctor_window, LATERAL (SELECT tstzrange(starts_at, ends_at) AS v) r
         WHERE doctor_id = $1 AND (starts_at AT TIME ZONE 'UTC')::date = (now() AT TIME ZONE 'UTC')::date + 6`,
        [people.doctors[0], people.consultation],
      )
    },
  })
  world.work()
  month = await days({ specialtyId: world.people.specialty })
})

const on = (day: number) => month.find(({ date }) => date === dateOf(day))

test('each day has as many slots as a search finds, and the doctors who are free', async (t) => {
  const { people } = world
  for (const day of [0, 1, 9]) {
    const found = on(day) as (Month['days'][number] & { ids?: string[] }) | undefined
    t.is(found?.free, 60)
    t.deepEqual(found?.ids?.toSorted(), people.doctors.slice(0, 2).sort())
    t.is(found?.empty, undefined)
  }
})

test('a day without anything says why: over, closed by name, full, no hours, too far ahead', (t) => {
  t.deepEqual(on(4)?.empty, { code: 'closed', reason: CLOSED })
  t.deepEqual(on(5)?.empty, { code: 'full' })
  t.deepEqual(on(12)?.empty, { code: 'no-hours' })
  const [first] = month
  if (first !== undefined && first.date < new Date().toISOString().slice(0, 10))
    t.deepEqual(first.empty, { code: 'past' })
})

test('a month far ahead or long over can be looked at, and says that nothing can be booked there', async (t) => {
  const { specialty: specialtyId } = world.people
  const codes = ({ days: all }: Month) => [...new Set(all.map(({ empty }) => empty?.code))]
  const ahead = await search({ specialtyId, month: '2099-02' })
  t.deepEqual(codes(ahead), ['beyond-horizon'])
  t.is(ahead.days.length, 28)
  t.is(ahead.firstFree, null)
  t.deepEqual(codes(await search({ specialtyId, month: '2020-02' })), ['past'])
})

test('days are those of the zone: in Tokyo the ten hours of a day in UTC end in the next one', async (t) => {
  const found = await search({
    doctorId: world.people.doctors[0] ?? '',
    zone: 'Asia/Tokyo',
    month: dateOf(1).slice(0, 7),
  })
  t.is(found.zone, 'Asia/Tokyo')
  // 17:00 to 24:00 are 21 slots of that day, the first nine of it come from the day before.
  const day = found.days.find(({ date }) => date === dateOf(1))
  t.is(day?.free, 30)
})

test('a booking is off the month at once, and a month needs a filter, a month and a zone that exist', async (t) => {
  const { doctors, patients, consultation: serviceId } = world.people
  const doctorId = doctors[1] ?? ''
  const freeOn = async () => (await days({ doctorId })).find(({ date }) => date === dateOf(2))?.free
  t.is(await freeOn(), 30)
  const body = { doctorId, serviceId, start: world.slot(3, 2) }
  t.is((await world.book(body, { as: patients[0] ?? '' })).statusCode, 201)
  t.is(await freeOn(), 29)
  const refusal = async (query: Record<string, string>) => {
    const url = `/v1/slots/months?${new URLSearchParams({ serviceId, ...query }).toString()}`
    const { code } = (await world.app.inject({ url })).json<{ code: string }>()
    return code
  }
  t.is(await refusal({ month: '2027-03' }), 'BOOKING_FILTER_MISSING')
  t.is(await refusal({ doctorId, month: '2027-03', zone: 'Nowhere' }), 'BOOKING_ZONE_UNKNOWN')
  t.is(await refusal({ doctorId: randomUUID(), month: '2027-03' }), 'BOOKING_DOCTOR_UNKNOWN')
  t.not(await refusal({ doctorId, month: '2027-13' }), undefined)
})
