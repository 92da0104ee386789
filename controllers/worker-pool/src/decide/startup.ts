import type { Memory, Observed } from './types.ts'

/** How many measurements are kept. */
const KEPT = 32

export type StartupEstimate = Pick<Memory, 'asked' | 'startups' | 'replicas' | 'up' | 'ready' | 'readySince'>

/** Follows workers from being asked for until they are up, the first asked for taken as the first up. */
export function startups(memory: Memory, { now, workers }: Observed): StartupEstimate {
  const { replicas, up, ready } = workers
  const asked = [
    ...memory.asked,
    ...Array.from({ length: Math.max(0, replicas - memory.replicas) }, () => now),
  ]
  const arrived = asked.splice(0, Math.max(0, up - memory.up)).map((at) => now - at)
  // Asked for and taken back before they were up.
  asked.splice(Math.max(0, replicas - up))
  return {
    asked,
    startups: [...memory.startups, ...arrived].slice(-KEPT),
    replicas,
    up,
    ready,
    readySince: ready === memory.ready ? memory.readySince : now,
  }
}

/** Within how long nine in ten workers have started; the estimate of the spec until one was measured. Milliseconds. */
export function startupMs({ startups: measured }: Pick<Memory, 'startups'>, estimate: number): number {
  if (measured.length === 0) return estimate
  const sorted = measured.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? estimate
}
