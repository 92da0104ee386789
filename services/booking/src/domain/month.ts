import { Temporal } from 'temporal-polyfill'

import { dayOf } from './clinic-day.ts'
import { countFreeStarts, firstBehind } from './free-starts.ts'
import type { Elsewhere, Interval, VisitShape, WorkWindow } from './slots.ts'

/** One day of a zone's calendar; 23 or 25 hours when clocks change. */
export interface Day extends Interval {
  /** Such as 2027-03-28. */
  date: string
}

/** Why a day has nothing free. */
export const EMPTY_CODES = [
  /** It is over, or too near for the notice of the service. */
  'past',
  /** Further ahead than the service may be booked. */
  'beyond-horizon',
  /** Everything is taken. */
  'full',
  /** Nobody works, for a reason that everybody may read. */
  'closed',
  /** Nobody works. */
  'no-hours',
] as const

export interface DayOffer {
  date: string
  /** Free starts of all doctors together. */
  free: number
  /** Who is free, as places in the list of doctors. */
  doctors: number[]
  empty?: { code: (typeof EMPTY_CODES)[number]; reason?: string }
}

export interface MonthQuery {
  days: readonly Day[]
  /** Their order gives each a place. */
  doctorIds: readonly string[]
  clinicIds: ReadonlySet<string>
  shape: VisitShape
  /** Lists of the doctors in turn, as often as need be: the n-th is of doctor n modulo their number. */
  windows: readonly (readonly WorkWindow[])[]
  elsewhere: Elsewhere
  /** When visits may begin: not sooner than the notice, not later than the horizon. */
  bookable: Interval
  /** Why doctors have no windows. */
  notes: readonly (Interval & { clinicId?: string; reason: string })[]
}

/** The days of a month such as `2027-03`, in a zone known to exist; undefined when there is no such month. */
export function daysOf(month: string, zone: string): Day[] {
  const { daysInMonth } = Temporal.PlainYearMonth.from(month)
  return Array.from({ length: daysInMonth }, (_, n) => `${month}-${String(n + 1).padStart(2, '0')}`).flatMap(
    (date) => {
      const day = dayOf(date, zone)
      return day === undefined ? [] : [{ date, ...day }]
    },
  )
}

interface Tally {
  free: number
  /** In order, each once. */
  doctors: number[]
  /** Somebody has hours then that may still be booked. */
  open: boolean
}

/** What is free on each day, and why nothing is on the others. */
export function monthOf(query: MonthQuery): DayOffer[] {
  const { days, doctorIds, windows } = query
  const tallies = days.map((): Tally => ({ free: 0, doctors: [], open: false }))
  for (let place = 0; place < doctorIds.length; place++)
    for (let at = place; at < windows.length; at += doctorIds.length)
      countWindows(query, windows[at] ?? [], place, tallies)
  return days.map((day, at) => offerOf(query, day, tallies[at]))
}

function countWindows(
  query: MonthQuery,
  windows: readonly WorkWindow[],
  place: number,
  tallies: readonly Tally[],
): void {
  const { days, clinicIds } = query
  for (const window of windows) {
    if (!clinicIds.has(window.clinicId)) continue
    for (let at = firstBehind(days, window.start); at < days.length; at++) {
      const [day, tally] = [days[at], tallies[at]]
      if (day === undefined || tally === undefined || day.start >= window.end) break
      count(query, window, { day, tally, place })
    }
  }
}

function count(
  { shape, elsewhere, bookable }: MonthQuery,
  window: WorkWindow,
  { day, tally, place }: { day: Day; tally: Tally; place: number },
): void {
  const range = { start: Math.max(day.start, bookable.start), end: Math.min(day.end, bookable.end) }
  if (Math.max(range.start, window.start) >= Math.min(range.end, window.end)) return
  tally.open = true
  const free = countFreeStarts({ window, shape, range, elsewhere })
  if (free === 0) return
  tally.free += free
  if (tally.doctors.at(-1) !== place) tally.doctors.push(place)
}

function offerOf(query: MonthQuery, day: Day, tally: Tally | undefined): DayOffer {
  const { free = 0, doctors = [], open = false } = tally ?? {}
  const offer = { date: day.date, free, doctors }
  return free > 0 ? offer : { ...offer, empty: whyEmpty(query, day, open) }
}

function whyEmpty(query: MonthQuery, day: Day, open: boolean): NonNullable<DayOffer['empty']> {
  const { bookable, notes, clinicIds } = query
  if (open) return { code: 'full' }
  if (day.end <= bookable.start) return { code: 'past' }
  if (day.start >= bookable.end) return { code: 'beyond-horizon' }
  const reasons = notes
    .filter(({ clinicId }) => clinicId === undefined || clinicIds.has(clinicId))
    .filter(({ start, end }) => start < day.end && end > day.start)
    .map(({ reason }) => reason)
  const [reason] = byFrequency(reasons)
  return reason === undefined ? { code: 'no-hours' } : { code: 'closed', reason }
}

/** What is said most comes first. */
function byFrequency(texts: readonly string[]): string[] {
  return [...Map.groupBy(texts, (text) => text)]
    .sort(([a, of], [b, other]) => other.length - of.length || (a < b ? -1 : 1))
    .map(([text]) => text)
}
