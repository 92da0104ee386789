import test from 'ava'

import { daysOf, type DayOffer, monthOf } from '../../src/domain/month.ts'
import { NOTHING_ELSE } from '../../src/domain/slots.ts'

const HOUR = 3_600
const QUARTER = 900
const DOCTOR = '00000000-0000-4000-8000-00000000000d'
const CLINIC = '00000000-0000-4000-8000-00000000000c'
const SHAPE = {
  id: 'visit',
  duration: QUARTER,
  bufferBefore: 0,
  bufferAfter: 0,
  alignment: QUARTER,
  capacity: 1,
}

/** A month in which the doctor works without a break, as it is offered. */
function wholeMonth(month: string, zone: string): { hours: number; offer: DayOffer }[] {
  const days = daysOf(month, zone)
  const span = { start: days[0]?.start ?? 0, end: days.at(-1)?.end ?? 0 }
  const offers = monthOf({
    ...{ days, doctorIds: [DOCTOR], clinicIds: new Set([CLINIC]), shape: SHAPE, notes: [], bookable: span },
    windows: [[{ ...span, doctorId: DOCTOR, clinicId: CLINIC, busy: [] }]],
    elsewhere: NOTHING_ELSE,
  })
  return days.map(({ start, end }, at) => {
    const offer = offers[at] ?? { date: '', free: 0, doctors: [] }
    return { hours: (end - start) / HOUR, offer }
  })
}

/** When clocks change, and how long that day is then. */
const CHANGES: [zone: string, date: string, hours: number][] = [
  ['Europe/Paris', '2027-03-28', 23],
  ['Europe/Paris', '2027-10-31', 25],
  ['America/New_York', '2027-03-14', 23],
  ['America/New_York', '2027-11-07', 25],
  ['Australia/Lord_Howe', '2027-10-03', 23.5],
  ['Australia/Lord_Howe', '2027-04-04', 24.5],
  ['America/Sao_Paulo', '2018-11-04', 23], // without a midnight
  ['America/Sao_Paulo', '2018-02-17', 25], // with its last hour twice
  ['Africa/Casablanca', '2018-05-13', 25],
  ['Africa/Casablanca', '2018-06-17', 23],
]
for (const [zone, date, hours] of CHANGES) {
  test(`${date} is one day of a month in ${zone}, with ${hours} hours of visits, and all others have 24`, (t) => {
    const days = wholeMonth(date.slice(0, 7), zone)
    const numbers = days.map(({ offer }) => Number(offer.date.slice(8)))
    t.deepEqual(
      numbers,
      days.map((_, index) => index + 1),
    )
    for (const day of days) {
      const expected = day.offer.date === date ? hours : 24
      t.is(day.hours, expected, day.offer.date)
      t.is(day.offer.free, (expected * HOUR) / QUARTER, day.offer.date)
      t.deepEqual(day.offer.doctors, [0])
    }
  })
}

test('a visit in the repeated hour and one in the hour before belong to the same day', (t) => {
  const days = daysOf('2027-10', 'Europe/Paris')
  const at = (text: string) => Date.parse(text) / 1_000
  const offers = monthOf({
    ...{ days, doctorIds: [DOCTOR], clinicIds: new Set([CLINIC]), shape: SHAPE, notes: [] },
    bookable: { start: at('2027-10-01T00:00:00Z'), end: at('2027-11-01T00:00:00Z') },
    // 02:30 summer time and 02:30 winter time, and the last quarter of the day.
    windows: ['2027-10-31T00:30:00Z', '2027-10-31T01:30:00Z', '2027-10-31T22:45:00Z'].map((text) => [
      { doctorId: DOCTOR, clinicId: CLINIC, start: at(text), end: at(text) + QUARTER, busy: [] },
    ]),
    elsewhere: NOTHING_ELSE,
  })
  t.deepEqual(
    offers.filter(({ free }) => free > 0),
    [{ date: '2027-10-31', free: 3, doctors: [0] }],
  )
})
