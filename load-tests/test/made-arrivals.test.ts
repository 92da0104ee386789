import test from 'ava'

import { HOURLY_WEIGHTS, makeRequests } from '../lib/made-arrivals.ts'

const shape = { count: 10_000, days: 10, neighbourhoods: ['CENTRO', 'ROMÃO'], patients: 500, seed: 7 }
const DAY = 86_400_000

test('there is a weight for each hour and they are shares of a thousand', (t) => {
  t.is(HOURLY_WEIGHTS.length, 24)
  t.true(Math.abs(HOURLY_WEIGHTS.reduce((sum, weight) => sum + weight, 0) - 1_000) <= 5)
})

test('requests follow the hours of real ones', (t) => {
  const hours = Array.from({ length: 24 }, () => 0)
  for (const { at } of makeRequests(shape)) {
    const hour = new Date(at).getUTCHours()
    hours[hour] = (hours[hour] ?? 0) + 1
  }
  const total = HOURLY_WEIGHTS.reduce((sum, weight) => sum + weight, 0)
  for (const [hour, weight] of HOURLY_WEIGHTS.entries()) {
    t.true(Math.abs((hours[hour] ?? 0) / shape.count - weight / total) < 0.015, `hour ${hour}`)
  }
})

test('visits are on weekdays, on the day asked or later, a third of them on the same day', (t) => {
  const requests = makeRequests(shape)
  const leads = requests.map(({ at, day }) => Math.round((day - Math.floor(at / DAY) * DAY) / DAY))
  t.true(leads.every((lead) => lead >= 0 && lead <= 32))
  t.true(requests.every(({ day }) => new Date(day).getUTCDay() % 6 !== 0))
  t.true(Math.abs(leads.filter((lead) => lead === 0).length / shape.count - 0.32) < 0.02)
})

test('the same seed makes the same requests', (t) => {
  t.deepEqual(makeRequests(shape), makeRequests(shape))
  t.notDeepEqual(makeRequests(shape), makeRequests({ ...shape, seed: 8 }))
})
