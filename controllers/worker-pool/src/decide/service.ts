import type { Memory, Observed, Reading, Worked } from './types.ts'

/** Seconds of work after which what was known before has lost most of its weight. */
const MEMORY_SECONDS = 20

/** Less work than this says little; seconds. */
const LEAST_SECONDS = 0.2

/** Requests for each worker that must wait, at both ends of the time looked at, for all workers to have been busy. */
const BUSY_DEPTH = 2

/** How long the same workers must have been ready; milliseconds. */
const SETTLED_MS = 500

/** Over how long the flow through the queue is watched; milliseconds. */
const FLOW_MS = 8_000

/** Fewer requests than this say little about it. */
const LEAST_FLOW = 200

/** How far the flow is believed. */
const FLOW_TRUST = 0.85

export type ServiceEstimate = Pick<Memory, 'serviceRate' | 'serviceSeconds' | 'flow'>

/** What went through the queue of late: requests, and the seconds they spent in it, summed. */
export interface Flow {
  requests: number
  seconds: number
}

/** Work after which the rate is known well enough to do without what is measured while workers start; seconds. */
const KNOWN_SECONDS = 5

/** What was observed, and whether workers start or have just started. */
export type Measured = Observed & { crowded: boolean }

/**
 * Requests a second of one worker: from what the workers say of their busy time, or else from what all of them got
 * done while more was waiting than they could take. Bounded to half and twice of what was known, so that one odd
 * moment cannot do much. Those who start take the processors of those at work: what is measured meanwhile tells of the
 * node, and believing it would start still more.
 */
export function serviceRate(memory: Memory, reading: Reading, observed: Measured): ServiceEstimate {
  const flow = flowOf(memory, reading, observed.now)
  const measured = measure(memory, reading, observed)
  return { ...measured, serviceRate: Math.max(measured.serviceRate, leastRate(flow)), flow }
}

/**
 * A worker is at least this fast. A request is in the queue for as long as it is worked on, or longer (Little's law);
 * so an estimate that is too low, with so many workers that none is ever busy enough to be measured, is found out.
 */
function leastRate({ requests, seconds }: Flow): number {
  return requests < LEAST_FLOW || seconds === 0 ? 0 : (FLOW_TRUST * requests) / seconds
}

function flowOf({ flow, served, depth, at }: Memory, reading: Reading, now: number): Flow {
  const elapsed = now - at
  const kept = Math.exp(-elapsed / FLOW_MS)
  return {
    requests: flow.requests * kept + Math.max(0, reading.served - served),
    seconds: flow.seconds * kept + (((depth + reading.depth) / 2) * elapsed) / 1_000,
  }
}

function measure(memory: Memory, reading: Reading, observed: Measured): Omit<ServiceEstimate, 'flow'> {
  const { serviceRate: known, serviceSeconds } = memory
  if (observed.crowded && serviceSeconds >= KNOWN_SECONDS) return { serviceRate: known, serviceSeconds }
  const { requests, seconds } = workSince(memory, reading, observed)
  if (seconds < LEAST_SECONDS || requests <= 0) return { serviceRate: known, serviceSeconds }
  const bounded = Math.min(Math.max(requests / seconds, known / 2), known * 2)
  // The first seconds count fully; later ones are smoothed in.
  const weight = Math.max(1 - Math.exp(-seconds / MEMORY_SECONDS), seconds / (serviceSeconds + seconds))
  return {
    serviceRate: known + weight * (bounded - known),
    serviceSeconds: Math.min(MEMORY_SECONDS, serviceSeconds + seconds),
  }
}

const NOTHING: Worked = { requests: 0, seconds: 0 }

/** Work since the last reading, over all workers, from which a rate can be told. */
function workSince(memory: Memory, reading: Reading, observed: Observed): Worked {
  if (reading.worked !== undefined) return told(memory.worked, reading.worked)
  const { now, workers } = observed
  const { ready } = workers
  const settled = ready === memory.ready && now - memory.readySince >= SETTLED_MS
  const waited = Math.min(memory.depth, reading.depth)
  if (ready === 0 || !settled || waited < BUSY_DEPTH * ready) return NOTHING
  return { requests: reading.served - memory.served, seconds: (ready * (now - memory.at)) / 1_000 }
}

function told(before: Worked | undefined, now: Worked): Worked {
  if (before === undefined) return NOTHING
  return { requests: now.requests - before.requests, seconds: now.seconds - before.seconds }
}
