/** What happens to the events of one consumer. Whoever counts puts functions here; until then nobody does. */
export interface EventFigures {
  readonly consumer: string
  /** An event's effect has committed, so many milliseconds after the broker had stored it. */
  onTaken: (delayMs: number) => void
  /** An event failed, and not because the database was away; it comes again, or goes to the dead letters. */
  onFailed: () => void
  /** An event was put into the dead letters: nothing takes it any more. */
  onBuried: () => void
}

/** Figures that nobody counts yet. */
export const uncounted = (consumer: string): EventFigures => ({
  consumer,
  onTaken: () => undefined,
  onFailed: () => undefined,
  onBuried: () => undefined,
})
