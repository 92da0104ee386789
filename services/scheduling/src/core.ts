import type pg from 'pg'

/** What every operation works with. The clock and the ids are given, so that tests can choose them. */
export interface Core {
  pool: pg.Pool
  /** Days ahead, from today in UTC, for which windows are published. */
  horizonDays: number
  /** Milliseconds since the epoch. */
  now: () => number
  /** A new UUID. */
  newId: () => string
}

/** Who asks for a change. */
export interface Author {
  id: string
  /** May change every doctor's schedule, not only the own one. */
  everybody: boolean
  /** W3C trace context for the events that follow. */
  traceparent?: string
}

/** A change that somebody asks for, or only tries: a trial gives the same answer and keeps nothing. */
export interface Edit {
  author: Author
  dryRun: boolean
}
