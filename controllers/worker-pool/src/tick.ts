import { type Decision, type Reading, Reason } from './decide/types.ts'

/** While something happens, while nothing does, and while nothing can but by a signal; milliseconds. */
const ACTIVE_MS = 250
const QUIET_MS = 1_000
const RESTING_MS = 4_000

/** When to look at a pool again without being told to; milliseconds. */
export function tickMs(
  { inputs, replicas, reason }: Pick<Decision, 'inputs' | 'replicas' | 'reason'>,
  reading: Reading | undefined,
): number {
  // Workers that start are no reason to look: the Deployment tells when they are ready.
  if (inputs.draining > 0 || inputs.depth > 0) return ACTIVE_MS
  if (reading?.recent.some((count) => count > 0) === true) return ACTIVE_MS
  return replicas === 0 || isAtRest(reason) ? RESTING_MS : QUIET_MS
}

/** Nobody can be taken away: these are the fewest that the spec allows now. */
const isAtRest = (reason: Reason) => reason === Reason.floor || reason === Reason.prewarm

/** Such a pause is cut short by a signal. */
export const isQuiet = (pauseMs: number): boolean => pauseMs >= QUIET_MS
