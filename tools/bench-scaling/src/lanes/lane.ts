import type { Run } from '../plan.ts'

/** A scaler that the bench drives: opened once, then one run after the other. */
export interface Scaler {
  open: () => Promise<void>
  /**
   * Lets it scale the workers, set up as the run says, and resolves once it does, with the Unix milliseconds of a tick
   * of its clock.
   */
  attach: (run: Run) => Promise<number>
  /** Throws when it cannot do its work: what it did meanwhile is then no figure of it. */
  assertWorks: () => Promise<void>
  /** Takes it off the workers; nothing of it is left that would act on them. */
  detach: () => Promise<void>
  close: () => Promise<void>
  /** Its processes now. */
  pids: () => readonly number[]
  /** What it has asked the broker so far. */
  questions: () => number
}
