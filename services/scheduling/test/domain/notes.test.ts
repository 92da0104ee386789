import test from 'ava'
import fc from 'fast-check'

import { dateOf, DAY_MS, formatInstant } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'
import { overlaps } from '../../src/domain/intervals.ts'
import { notesOf, PRIVATE_REASON } from '../../src/domain/notes.ts'
import type { Closure, Schedule } from '../../src/domain/schedule.ts'
import { daysAround, scheduleNear } from './arbitraries.ts'

const HOME = '00000000-0000-4000-8000-000000000001'
const AWAY = '00000000-0000-4000-8000-000000000002'
const MONDAY = dateOf('2027-03-01')
const WHOLE_DAY = { start: 0, end: 1440 }

const closure = (overrides: Partial<Closure> = {}): Closure => {
  return {
    id: 'closure',
    clinicId: HOME,
    from: MONDAY,
    to: MONDAY,
    ...WHOLE_DAY,
    reason: 'Roof',
    ...overrides,
  }
}
const schedule = (parts: Partial<Schedule> = {}): Schedule => {
  const clinics = [HOME, AWAY].map((id) => ({ id, zone: 'America/Sao_Paulo', active: true }))
  return { active: true, rotas: [], exceptions: [], closures: [], clinics, ...parts }
}
const WEEK = { start: (MONDAY - 1) * DAY_MS, end: (MONDAY + 7) * DAY_MS }

const told = test.macro((t, parts: Partial<Schedule>, expected: string[]) => {
  const notes = notesOf(schedule(parts), WEEK).map(({ start, end, clinicId, reason }) => {
    return `${formatInstant(start)}/${formatInstant(end)} ${clinicId === HOME ? 'home' : 'away'}: ${reason}`
  })
  t.deepEqual(notes, expected)
})

const day = '2027-03-01T03:00:00Z/2027-03-02T03:00:00Z'
test(
  'a closure is told by its reason, from midnight to midnight of the clinic',
  told,
  { closures: [closure()] },
  [`${day} home: Roof`],
)
test('a closure of every clinic is told at each', told, { closures: [closure({ clinicId: null })] }, [
  `${day} home: Roof`,
  `${day} away: Roof`,
])
test('days of one closure are told as one span', told, { closures: [closure({ to: MONDAY + 1 })] }, [
  '2027-03-01T03:00:00Z/2027-03-03T03:00:00Z home: Roof',
])
test(
  'why a doctor is away is nobody’s business',
  told,
  { exceptions: [{ id: 'away', kind: 'closed', clinicId: HOME, from: MONDAY, to: MONDAY, ...WHOLE_DAY }] },
  [`${day} home: ${PRIVATE_REASON}`],
)
test(
  'a closure is told before an absence, and the first of two closures',
  told,
  {
    exceptions: [{ id: 'away', kind: 'closed', clinicId: HOME, from: MONDAY, to: MONDAY, ...WHOLE_DAY }],
    closures: [closure({ end: 720 }), closure({ end: 840, reason: 'Water' })],
  },
  [
    '2027-03-01T03:00:00Z/2027-03-01T15:00:00Z home: Roof',
    '2027-03-01T15:00:00Z/2027-03-01T17:00:00Z home: Water',
    `2027-03-01T17:00:00Z/2027-03-02T03:00:00Z home: ${PRIVATE_REASON}`,
  ],
)
test(
  'what is opened after an absence was said is not told as absence',
  told,
  {
    exceptions: [
      { id: 'away', kind: 'closed', clinicId: HOME, from: MONDAY, to: MONDAY, ...WHOLE_DAY },
      { id: 'open', kind: 'open', clinicId: HOME, from: MONDAY, to: MONDAY, start: 480, end: 1440 },
    ],
  },
  [`2027-03-01T03:00:00Z/2027-03-01T11:00:00Z home: ${PRIVATE_REASON}`],
)
test('an inactive doctor has no notes', told, { active: false, closures: [closure()] }, [])

test('notes overlap neither windows of their clinic nor each other, and lie in the range', (t) => {
  const property = fc.property(scheduleNear, ({ schedule: random, day: around }) => {
    const range = daysAround(around, 3, 3)
    const notes = notesOf(random, range)
    t.true(notes.every(({ start, end }) => start < end && start >= range.start && end <= range.end))
    for (const { id } of random.clinics) {
      const here = notes.filter(({ clinicId }) => clinicId === id)
      t.true(here.every(({ start }, index) => index === 0 || start >= (here[index - 1]?.end ?? 0)))
      const windows = expand(random, { start: range.start - DAY_MS, end: range.end })
      t.false(
        overlaps(
          here,
          windows.filter(({ clinicId }) => clinicId === id),
        ),
      )
    }
  })
  fc.assert(property, { numRuns: 200 })
})

test('all closed time is told, unless it is a closed clinic’s', (t) => {
  const property = fc.property(scheduleNear, ({ schedule: random, day: around }) => {
    const range = daysAround(around, 2, 2)
    const notes = notesOf(random, range)
    const without = expand({ ...random, closures: [] }, range)
    const closedAway = without.filter((window) => {
      return !expand(random, daysAround(around, 5, 5)).some((open) => {
        return open.clinicId === window.clinicId && open.start < window.end && window.start < open.end
      })
    })
    // Windows that closures took away whole are explained from the first minute to the last.
    for (const { start, end, clinicId } of closedAway) {
      const last = Math.min(end, range.end)
      let explained = start
      for (const note of notes) {
        if (note.clinicId === clinicId && note.start <= explained && note.end > explained)
          explained = note.end
      }
      t.true(explained >= last)
    }
  })
  fc.assert(property, { numRuns: 200 })
})
