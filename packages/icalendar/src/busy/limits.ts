/** How much of an outside calendar is read before it is given up: each is told by name. */
export interface BusyLimits {
  /** Characters of the whole text. */
  characters: number
  /** Events and free/busy parts. */
  events: number
  /** Repetitions that are stepped through, in the whole calendar, those before the range too. */
  occurrences: number
  /** Busy intervals that come of it. */
  intervals: number
}

export const BUSY_LIMITS: BusyLimits = {
  characters: 4 * 1024 * 1024,
  events: 20_000,
  occurrences: 200_000,
  intervals: 5_000,
}
