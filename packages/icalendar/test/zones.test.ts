import test from 'ava'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { Temporal } from 'temporal-polyfill'

import { publication, vtimezone } from '../src/index.ts'
import { checkCalendar } from '../src/testing/index.ts'
import { at, parties, visit } from './helpers/visits.ts'

const HALF_HOUR = 30 * 60_000

function write(zone: string, start: number) {
  const { body } = publication(visit({ zone, start, end: start + 60_000 }), parties.organizer)
  const event = checkCalendar(`zone-${zone}`, body).getFirstSubcomponent('vevent')
  const line = /^BEGIN:VEVENT[^]*?^DTSTART(.*)$/m.exec(body)?.[1]?.trim()
  return { line, start: event?.getFirstPropertyValue('dtstart') as ICAL.Time }
}

/** Change of the clocks in UTC; then half an hour before, at, and half an hour after it, as calendars are told. */
const GOLDEN: [zone: string, change: string, before: string, change: string, after: string][] = [
  ['Europe/Paris', '2027-03-28T01:00Z', '20270328T013000', '20270328T030000', '20270328T033000'],
  ['Europe/Paris', '2027-10-31T01:00Z', '20271031T003000Z', '20271031T010000Z', '20271031T013000Z'],
  ['America/New_York', '2027-03-14T07:00Z', '20270314T013000', '20270314T030000', '20270314T033000'],
  ['America/New_York', '2027-11-07T06:00Z', '20271107T053000Z', '20271107T060000Z', '20271107T063000Z'],
  ['America/St_Johns', '2027-03-14T05:30Z', '20270314T013000', '20270314T030000', '20270314T033000'],
  ['America/St_Johns', '2027-11-07T04:30Z', '20271107T040000Z', '20271107T043000Z', '20271107T050000Z'],
  ['America/Santiago', '2027-04-04T03:00Z', '20270404T023000Z', '20270404T030000Z', '20270404T033000Z'],
  ['America/Santiago', '2027-09-05T04:00Z', '20270904T233000', '20270905T010000', '20270905T013000'],
  ['Africa/Cairo', '2027-04-29T22:00Z', '20270429T233000', '20270430T010000', '20270430T013000'],
  ['Africa/Cairo', '2027-10-28T21:00Z', '20271028T203000Z', '20271028T210000Z', '20271028T213000Z'],
  ['Asia/Jerusalem', '2027-03-26T00:00Z', '20270326T013000', '20270326T030000', '20270326T033000'],
  ['Asia/Jerusalem', '2027-10-30T23:00Z', '20271030T223000Z', '20271030T230000Z', '20271030T233000Z'],
  ['Australia/Lord_Howe', '2027-04-03T15:00Z', '20270403T143000Z', '20270403T150000Z', '20270404T020000'],
  ['Australia/Lord_Howe', '2027-10-02T15:30Z', '20271003T013000', '20271003T023000', '20271003T030000'],
  ['Pacific/Chatham', '2027-04-03T14:00Z', '20270403T133000Z', '20270403T140000Z', '20270403T143000Z'],
  ['Pacific/Chatham', '2027-09-25T14:00Z', '20270926T021500', '20270926T034500', '20270926T041500'],
]

for (const [zone, change, ...lines] of GOLDEN) {
  test(`around the clock change of ${change} in ${zone} a visit has the clinic's wall time, or UTC where that is said twice`, (t) => {
    for (const [index, wanted] of lines.entries()) {
      const instant = Date.parse(change) + (index - 1) * HALF_HOUR
      const { line, start } = write(zone, instant)
      t.is(line, wanted.endsWith('Z') ? `:${wanted}` : `;TZID=${zone}:${wanted}`)
      t.is(start.toUnixTime() * 1000, instant)
    }
  })
}

const ZONES = [
  ...new Set(GOLDEN.map(([zone]) => zone)),
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Vancouver',
  'Europe/Dublin',
  'UTC',
]

test('any instant in any zone reads back as itself, by the description that the message carries', (t) => {
  const minutes = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2036, 0, 1) / 60_000 })
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), minutes, (zone, minute) => {
      const { start } = write(zone, minute * 60_000)
      t.is(start.toUnixTime(), minute * 60)
    }),
    { numRuns: 400 },
  )
})

test('the written wall time is what the clocks of the zone show, by another source than the one it was made with', (t) => {
  const minutes = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2036, 0, 1) / 60_000 })
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), minutes, (zone, minute) => {
      const { line } = write(zone, minute * 60_000)
      if (line?.endsWith('Z') === true) return
      const parts = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      })
      const shown = parts
        .format(minute * 60_000)
        .replaceAll(/[-:]/g, '')
        .replace(' ', 'T')
      t.is(line, `;TZID=${zone}:${shown}`)
    }),
    { numRuns: 400 },
  )
})

test('a description covers every instant of its span', (t) => {
  const span = { start: at('2026-11-01T00:00', 'UTC'), end: at('2028-11-01T00:00', 'UTC') }
  for (const zone of ZONES) {
    const described = new ICAL.Timezone(new ICAL.Component(ICAL.parse(vtimezone(zone, span)) as string[]))
    for (let instant = span.start; instant < span.end; instant += 12 * 3_600_000) {
      const wall = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime()
      const [first, second] = (['earlier', 'later'] as const).map((disambiguation) => {
        return wall.toZonedDateTime(zone, { disambiguation }).epochMilliseconds
      })
      if (first !== second) continue
      const time = ICAL.Time.fromDateTimeString(wall.toString({ smallestUnit: 'second' }))
      time.zone = described
      t.is(time.toUnixTime() * 1000, instant, `${zone} ${wall.toString()}`)
    }
  }
})
