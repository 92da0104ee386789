import type { Lane, Run } from './plan.ts'
import { traceOf } from './plan.ts'

/** The slowest clock of a lane; seconds. */
interface Clock {
  period: number
  /** By phase: how long after its tick a trace begins. */
  offsets: readonly [number, number, number]
}

/** Middle, beginning and end: on average the trace waits half a period, as what comes at any time does. */
const HPA_CLOCK: Clock = { period: 15, offsets: [7.5, 2.5, 12.5] }

/** KEDA looks every 30 s from its beginning on, and the HPA halfway between, too: no phase is at a look of either. */
const DEFAULT_CLOCK: Clock = { period: 30, offsets: [15.5, 5.5, 25.5] }

/** KEDA and the HPA look every second. */
const SECOND_CLOCK: Clock = { period: 1, offsets: [0.5, 0.2, 0.8] }

/** The operator asks the broker once in five seconds; all else goes on as it happens. */
const QUICK_CLOCK: Clock = { period: 5, offsets: [2.5, 0.8, 4.2] }

const CLOCKS: Record<Lane, Clock> = {
  medqueue: QUICK_CLOCK,
  'keda-default': DEFAULT_CLOCK,
  'keda-15s': HPA_CLOCK,
  'keda-1s': SECOND_CLOCK,
}

/** When the trace begins: in the phase of the run after a tick, but not before `earliest`. All Unix milliseconds. */
export function startOf(
  { lane, phase }: Pick<Run, 'lane' | 'phase'>,
  tick: number,
  earliest: number,
): number {
  const { period, offsets } = CLOCKS[lane]
  const first = tick + (offsets[phase] ?? 0) * 1_000
  const turns = Math.max(0, Math.ceil((earliest - first) / (period * 1_000)))
  return first + turns * period * 1_000
}

/** What is seen of an HPA; Unix milliseconds, undefined: not yet. */
export interface Looks {
  madeAt: number | undefined
  /** Its controller's first look. */
  lookedAt: number | undefined
}

/** A busy machine tells of things late. */
const TOLERANCE_MS = 1_500

/**
 * The controller of HPAs looks at a new one a period after it was made, and every period from then on. Throws when the
 * first look was at another time: then the trace was not in the phase that it should have been in.
 */
export function assertClock({ madeAt, lookedAt }: Looks, period: number): void {
  const after = (lookedAt ?? Number.NaN) - (madeAt ?? Number.NaN)
  if (Math.abs(after - period * 1_000) <= TOLERANCE_MS) return
  const said = Number.isNaN(after) ? 'never' : `${(after / 1_000).toFixed(1)} s after it was made`
  throw new Error(`the HPA was looked at ${said}, and not after ${period} s`)
}

/** From a tick until the scaler is set up and the machine quiet, about; milliseconds. */
const SET_UP_MS = 4_500

/** Making and taking away what a run needs, about; seconds. The defaults leave 25 pods to end. */
const BESIDE: Record<Lane, number> = { medqueue: 1, 'keda-default': 4, 'keda-15s': 3, 'keda-1s': 3 }

/** Starting the scaler of another lane, about; seconds. */
const OPENING = 6

/** What a run takes beside its trace, about; seconds. */
export function around(run: Run): number {
  return startOf(run, 0, run.lane === 'medqueue' ? 3_000 : SET_UP_MS) / 1_000 + BESIDE[run.lane]
}

/** Seconds that the runs will take, about. */
export function estimate(runs: readonly Run[]): number {
  const lanes = runs.filter((run, index) => run.lane !== runs[index - 1]?.lane)
  return runs.reduce((sum, run) => sum + traceOf(run).horizon + around(run), lanes.length * OPENING)
}
