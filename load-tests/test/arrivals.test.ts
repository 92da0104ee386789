import test from 'ava'

import { type PastRequest, readRequests, replayOf } from '../lib/arrivals.ts'

const HEAD = 'PatientId,AppointmentID,ScheduledDay,AppointmentDay,Neighbourhood'
const DAY = 86_400_000
const HOUR = 3_600_000

const past = (overrides: Partial<PastRequest> = {}): PastRequest => {
  const day = Date.UTC(2016, 3, 29) // A Friday.
  return { at: day + 8 * HOUR, day, neighbourhood: 'CENTRO', patient: '1', ...overrides }
}

const FIRST_DAY = Date.UTC(2030, 0, 1)

test('reads the columns it needs, wherever they stand', (t) => {
  const csv = `${HEAD}\r\n2.98e13,1,2016-04-29 18:38:08,2016-05-02,"JARDIM, DA ""PENHA"""\n`
  t.deepEqual(readRequests(csv), [
    {
      at: Date.UTC(2016, 3, 29, 18, 38, 8),
      day: Date.UTC(2016, 4, 2),
      neighbourhood: 'JARDIM, DA "PENHA"',
      patient: '2.98e13',
    },
  ])
})

test('reads times as other copies of the data write them', (t) => {
  const csv = `${HEAD}\n1,1,2016-04-29T18:38:08Z,2016-05-02T00:00:00Z,CENTRO`
  t.like(readRequests(csv)[0], { at: Date.UTC(2016, 3, 29, 18, 38, 8), day: Date.UTC(2016, 4, 2) })
})

test('names the line that has no time', (t) => {
  const csv = `${HEAD}\n1,1,2016-04-29 18:38:08,2016-05-02,CENTRO\n1,2,soon,2016-05-02,CENTRO`
  t.throws(() => readRequests(csv), { code: 'LOAD_DATA', message: /Line 3/ })
})

test('names the column that is missing', (t) => {
  t.throws(() => readRequests('a,b\n1,2'), { code: 'LOAD_DATA', message: /ScheduledDay/ })
})

test('arrivals keep their order and the proportion of their gaps', (t) => {
  const at = past().at
  const requests = [past({ at: at + 3 * 60_000 }), past({ at }), past({ at: at + 60_000 })]
  const { arrivals, speedup, length } = replayOf(requests, { within: 1_800, firstDay: FIRST_DAY })
  t.deepEqual(
    arrivals.map((arrival) => arrival.at),
    [0, 600, 1_800],
  )
  t.is(speedup, 100)
  t.is(length, 1_800)
})

test('a silence is an hour long at most', (t) => {
  const requests = [past(), past({ at: past().at + 30 * DAY })]
  t.is(replayOf(requests, { within: 1, speedup: 1, firstDay: FIRST_DAY }).length, HOUR)
})

test('a speed that was asked for goes before the time', (t) => {
  const requests = [past(), past({ at: past().at + 60_000 })]
  const { arrivals } = replayOf(requests, { within: 1, speedup: 6, firstDay: FIRST_DAY })
  t.is(arrivals[1]?.at, 10_000)
})

test('what is slow enough is not slowed down', (t) => {
  const requests = [past(), past({ at: past().at + 1_000 })]
  t.is(replayOf(requests, { within: 60_000, firstDay: FIRST_DAY }).speedup, 1)
})

test('days move by whole weeks to the first day or later, and keep their distances', (t) => {
  const requests = [past(), past({ day: past().day + 3 * DAY })]
  const days = replayOf(requests, { within: 1, firstDay: FIRST_DAY }).arrivals.map(({ day }) => new Date(day))
  t.deepEqual(
    days.map((day) => day.toISOString().slice(0, 10)),
    ['2030-01-04', '2030-01-07'],
  )
  t.deepEqual(
    days.map((day) => day.getUTCDay()),
    [5, 1],
  )
})

test('patients are numbered as they first come', (t) => {
  const at = past().at
  const requests = [
    past({ at: at + 2, patient: 'b' }),
    past({ at: at + 1, patient: 'c' }),
    past({ at: at + 3, patient: 'c' }),
  ]
  const { arrivals } = replayOf(requests, { within: 1, firstDay: FIRST_DAY })
  t.deepEqual(
    arrivals.map(({ patient }) => patient),
    [0, 1, 0],
  )
})

test('no requests make no arrivals', (t) => {
  t.deepEqual(replayOf([], { within: 1_000, firstDay: FIRST_DAY }).arrivals, [])
})
