import { freshMemory } from '../../src/decide/memory.ts'
import type { Memory, Observed, Policy, Reading, Workers } from '../../src/decide/types.ts'

export const NOW = 1_800_000_000_000

export function policy(fields: Partial<Policy> = {}): Policy {
  return {
    min: 0,
    max: 25,
    drainSloMs: 10_000,
    idleAfterMs: 6_000,
    startupMs: 2_000,
    serviceRate: 40,
    windowMs: 3_000,
    stepPercent: 100,
    stepPeriodMs: 1_000,
    headroom: 0.1,
    ...fields,
  }
}

export function workers(fields: Partial<Workers> = {}): Workers {
  const replicas = fields.replicas ?? 0
  const ready = fields.ready ?? replicas - (fields.draining ?? 0)
  return {
    replicas,
    ready,
    up: ready,
    draining: 0,
    drained: 0,
    leaving: 0,
    rollout: false,
    settling: false,
    disruptionsAllowed: undefined,
    ...fields,
  }
}

export function reading(fields: Partial<Reading> = {}): Reading {
  return {
    freshAt: NOW,
    depth: 0,
    inflight: 0,
    oldestAgeMs: undefined,
    arrivals: 0,
    recent: [],
    served: 0,
    worked: undefined,
    parallelism: Infinity,
    ...fields,
  }
}

export interface Given {
  policy?: Partial<Policy>
  workers?: Partial<Workers>
  /** Undefined: nothing is known of the queue. */
  reading?: Partial<Reading> | undefined
  memory?: Partial<Memory>
  prewarm?: number
}

/** A pool at NOW whose readings have come for a minute; what is not given is calm. */
export function situation(given: Given): [Memory, Observed] {
  const own = policy(given.policy)
  const present = workers(given.workers)
  const memory: Memory = {
    ...freshMemory(NOW - 60_000, own),
    at: NOW - 1_000,
    busyAt: NOW - 1_000,
    replicas: present.replicas,
    ready: present.ready,
    ...given.memory,
  }
  const known = 'reading' in given && given.reading === undefined ? undefined : reading(given.reading)
  return [memory, { now: NOW, policy: own, prewarm: given.prewarm ?? 0, workers: present, reading: known }]
}
