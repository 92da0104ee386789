import type { Answer } from '../books/answer.ts'
import type { Sign } from '../books/recovery.ts'
import type { Town } from './town.ts'

/** What the driver process is given, as a JSON file. */
export interface Plan {
  /** Base URLs of the api replicas. */
  urls: string[]
  town: Town
  /** A token for each patient, in the town's order. */
  tokens: string[]
  /** Where each answer goes, one JSON line each. */
  file: string
  /** Patients who act at a time. */
  seats: number
  /** Each rests this long between two wishes, at random up to twice; milliseconds. */
  restMs: number
  /** How long after the stop open questions are asked on; milliseconds. */
  patienceMs: number
}

/** An answer as it is told to the harness while the load goes on. */
export type Told = Sign & Pick<Answer, 'outcome' | 'code'>

/** From the driver to the harness. */
export type DriverMessage = { told: Told[] } | { done: true }
/** From the harness to the driver. */
export type HarnessMessage = { stop: true }
