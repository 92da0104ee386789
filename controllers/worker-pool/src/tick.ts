import type { Decision, Reading } from './decide/types.ts'

/** While something happens, and while nothing does; milliseconds. */
const ACTIVE_MS = 250
const QUIET_MS = 1_000

/** When to look at a pool again without being told to; milliseconds. */
export function tickMs({ inputs }: Pick<Decision, 'inputs'>, reading: Reading | undefined): number {
  const active =
    inputs.depth > 0 || inputs.draining > 0 || (reading?.recent.some((count) => count > 0) ?? false)
  return active ? ACTIVE_MS : QUIET_MS
}
