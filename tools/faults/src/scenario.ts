import type { Group } from '@medqueue/audit'

import type { Stage, StageOptions } from './stage/stage.ts'

/** The longest the platform may take to book with every doctor again. */
export const RECOVERY_LIMIT_MS = 15_000

/** A fault, how it is brought about, and on what stage. */
export interface Scenario {
  /** For `SCENARIO=` and the table. */
  name: string
  title: string
  stage?: Omit<StageOptions, 'name'>
  /** For a bug planted on purpose: the figure of the audit that must tell of it. */
  planted?: Group
  run: (play: Play) => Promise<void>
}

/** The stage while a scenario runs, the load being on. */
export interface Play extends Stage {
  /** Unix milliseconds. */
  now: () => number
  /** Waits until every doctor can be booked again and notes how long that took since the moment given. */
  recovers: (since: number) => Promise<void>
  /** For the progress line: that the fault has really been there. */
  saw: (what: string) => void
}
