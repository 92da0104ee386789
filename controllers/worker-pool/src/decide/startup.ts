import type { Memory, Observed } from './types.ts'

/** How many measurements are kept. */
const KEPT = 32

export type StartupEstimate = Pick<Memory, 'asked' | 'startups' | 'replicas' | 'ready' | 'readySince'>

/** Follows workers from being asked for until they are ready, the first asked for taken as the first ready. */
export function startups(memory: Memory, { now, workers }: Observed): StartupEstimate {
  const { replicas, ready } = workers
  const asked = [
    ...memory.asked,
    ...Array.from({ length: Math.max(0, replicas - memory.replicas) }, () => now),
  ]
  const arrived = asked.splice(0, Math.max(0, ready - memory.ready)).map((at) => now - at)
  // Asked for and taken back before they were ready.
  asked.splice(Math.max(0, replicas - ready))
  return {
    asked,
    startups: [...memory.startups, ...arrived].slice(-KEPT),
    replicas,
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
