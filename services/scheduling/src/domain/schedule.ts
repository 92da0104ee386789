import type { EpochDay } from './calendar.ts'
import type { Interval } from './intervals.ts'
import type { Rule } from './recurrence.ts'

/**
 * Vocabulary. Rota row: a shift that comes back, every week on one weekday or by a rule, at one clinic, between two dates.
 * Exception: a statement about particular dates, which beats the weekly rule; among exceptions the later one counts.
 * Closure: a clinic or all of them are closed, by decision or for a public holiday; beats everything, for everybody.
 * Window: an interval in which the doctor may be booked. Wall time: what the clocks at the clinic read.
 */

/** One shift that comes back. Minutes are wall time since midnight, half open; 1440 is the end of the day. */
export interface RotaRow {
  id: string
  clinicId: string
  /** ISO weekday: 1 is Monday, 7 is Sunday. Null: the rule names the dates. */
  weekday: number | null
  /** Null: every week on the weekday. */
  rule: Rule | null
  /** Dates on which a rule that names them does not come all the same. */
  except: readonly EpochDay[]
  start: number
  end: number
  /** First and last date on which the row counts, both included; null never ends. */
  effectiveFrom: EpochDay
  effectiveTo: EpochDay | null
}

export interface RotaException {
  id: string
  /** `closed` takes time away, `open` adds it, `shifted` moves shifts and what was opened before it was said. */
  kind: 'closed' | 'open' | 'shifted'
  /** Of `shifted`: minutes of wall time. */
  by?: number | null
  /** Never null for `open`: at every clinic, each by its own clocks. */
  clinicId: string | null
  /** First and last date, both included. */
  from: EpochDay
  to: EpochDay
  /** Wall time since midnight on each of the dates; 0 and 1440 make the whole day. `shifted`: shifts that begin then. */
  start: number
  end: number
}

export interface Closure {
  id: string
  /** Null: every clinic, each by its own clocks. */
  clinicId: string | null
  /** First and last date, both included. */
  from: EpochDay
  to: EpochDay
  /** Wall time since midnight on each of the dates; 0 and 1440 make the whole day. */
  start: number
  end: number
  /** For everybody to read. */
  reason: string
}

export interface Clinic {
  id: string
  zone: string
  active: boolean
}

/** Everything the windows of one doctor follow from. */
export interface Schedule {
  /** False: no window at all. */
  active: boolean
  /** In order of precedence: where rows overlap in time after all, the earlier counts. */
  rotas: readonly RotaRow[]
  /** In the order in which they were said: the later counts. */
  exceptions: readonly RotaException[]
  closures: readonly Closure[]
  /** When calendars elsewhere say that the doctor is taken: sorted, apart from each other. Beats openings, too. */
  busy?: readonly Interval[]
  /** The clinics named above. Rows of a clinic that is missing, or not active for the doctor, give no window. */
  clinics: readonly Clinic[]
}
