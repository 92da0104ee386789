/** Cancels what was planned; does nothing once it has run. */
export type Cancel = () => void

/** The only source of time in this package, so tests can own it. */
export interface Clock {
  /** Wall time in milliseconds since the epoch: for what others read, never for measuring. */
  now: () => number
  /** Milliseconds that only grow, whatever happens to the wall clock: for measuring. */
  monotonic: () => number
  /** Runs `work` once, no earlier than `ms` from now. */
  after: (ms: number, work: () => void) => Cancel
}

/** A number in [0, 1), like `Math.random`. */
export type Random = () => number

/** The part of a pino logger that is used here: fields and a constant message. What went wrong is in the field `err`. */
export interface Log {
  debug: (fields: object, message: string) => void
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}
