import type { BookingWorkerPoolStatus, LastDecision } from '@medqueue/contracts'
import { type Condition, conditionsOf, type Phase } from '@medqueue/operator-kit'

import { PoolReason } from './conditions.ts'
import { type Decision, Reason } from './decide/types.ts'
import type { Gathered } from './gather.ts'
import type { Deployment } from './kinds.ts'
import type { PoolState, Reported } from './state.ts'

/** The status is written anew after so long, even if only figures have changed; milliseconds. */
const REFRESH_MS = 15_000

/** Counts of workers are told at most so often; milliseconds. */
const COUNTS_EVERY_MS = 1_000

const digits = (value: number, places: number) => Number(value.toFixed(places))

export interface PhaseInput {
  gathered: Gathered
  decision: Decision | undefined
  /** Why what was decided could not be done. */
  failure: Phase | undefined
  /** The broker can be reached. */
  up: boolean
}

/** The phase of a pool, from which its conditions follow. */
export function phaseOf({ gathered, decision, failure, up }: PhaseInput): Phase {
  const { pool, blocking, warning } = gathered
  if (blocking !== undefined) return { phase: 'stalled', ...blocking }
  if (failure !== undefined) return failure
  if (decision === undefined || decision.reason === Reason.signalsStale) return silence(decision, up)
  if (warning !== undefined) return { phase: 'stalled', ...warning }
  if (pool.spec.mode === 'Observe') {
    const message = `Would run ${decision.want} workers (${decision.reason}); the pool only observes`
    return { phase: 'ready', reason: PoolReason.observing, message }
  }
  return { phase: 'ready', reason: PoolReason.scaling, message: 'The pool scales its workers' }
}

function silence(decision: Decision | undefined, up: boolean): Phase {
  const waits = { phase: 'reconciling', ready: 'Unknown' } as const
  if (!up) {
    const message = 'NATS cannot be reached; the workers stay as they are'
    return { ...waits, reason: PoolReason.brokerUnreachable, message }
  }
  if ((decision?.inputs.signalAgeSeconds ?? 0) === 0) {
    return { ...waits, reason: PoolReason.listening, message: 'Nothing is known of the queue yet' }
  }
  const message = 'The queue has not been heard of for more than 10 s; the workers stay as they are'
  return { ...waits, reason: PoolReason.signalsStale, message }
}

/** A sentence that says what the decision is made of. */
export function sentenceOf({ want, reason, inputs }: Decision): string {
  const { depth, arrivalRateSlow, serviceRate, ready, starting, draining } = inputs
  const queue = `${depth} wait, ${digits(arrivalRateSlow, 1)}/s arrive, a worker does ${digits(serviceRate, 1)}/s`
  return `${reason}: ${want} workers wanted; ${queue}; ${ready} ready, ${starting} starting, ${draining} draining`
}

export function lastDecisionOf(decision: Decision, now: number): LastDecision {
  const { inputs } = decision
  return {
    at: new Date(now).toISOString(),
    reason: decision.reason,
    message: sentenceOf(decision),
    want: decision.want,
    inputs: {
      ...inputs,
      ...(inputs.oldestAgeSeconds === undefined
        ? {}
        : { oldestAgeSeconds: digits(inputs.oldestAgeSeconds, 1) }),
      arrivalRate: digits(inputs.arrivalRate, 2),
      arrivalRateSlow: digits(inputs.arrivalRateSlow, 2),
      serviceRate: digits(inputs.serviceRate, 3),
      startupSeconds: digits(inputs.startupSeconds, 2),
      signalAgeSeconds: digits(inputs.signalAgeSeconds, 1),
    },
  }
}

export interface ReportInput {
  gathered: Gathered
  decision: Decision | undefined
  phase: Phase
  state: PoolState
}

/**
 * The whole status, made from the world and never from the status before, but for what only it remembers. `now` by the wall
 * clock, for others to read; milliseconds.
 */
export function statusOf(
  { gathered, decision, phase, state }: ReportInput,
  now: number,
): BookingWorkerPoolStatus {
  const { pool, target, selector } = gathered
  const generation = pool.metadata.generation ?? 0
  const previous = pool.status?.conditions as Condition[] | undefined
  const last = decision === undefined ? pool.status?.lastDecision : lastDecisionOf(decision, now)
  return withoutUndefined({
    observedGeneration: generation,
    conditions: conditionsOf(phase, { generation, previous, now }),
    ...countsIn(target),
    desiredReplicas: decision?.want,
    selector,
    lastDecision: last,
    lastScaleTime: state.lastScaleTime,
  })
}

const countsIn = (target: Deployment | undefined) => ({
  replicas: target?.status?.replicas ?? 0,
  readyReplicas: target?.status?.readyReplicas ?? 0,
})

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/**
 * What a status would say, in three short texts. They are made at every look, several times a second while something
 * happens; the status itself only when one of them has changed. `now` by the monotonic clock, to measure; milliseconds.
 */
export function summaryOf({ gathered, decision, phase: said, state }: ReportInput, now: number): Reported {
  const { pool, target } = gathered
  const { phase, reason, message } = said
  // What a pool that observes would do changes often: it is a count.
  const lasting = reason === PoolReason.observing ? '' : message
  const { replicas, readyReplicas } = countsIn(target)
  return {
    at: now,
    urgent: [phase, reason, lasting, pool.metadata.generation, state.lastScaleTime].join('|'),
    counts: [replicas, readyReplicas, decision?.want, decision?.reason].join('|'),
    figures: figuresOf(decision),
  }
}

/** The figures that change with what happens; the age of the signals changes even when nothing does. */
function figuresOf(decision: Decision | undefined): string {
  if (decision === undefined) return ''
  const { depth, arrivalRateSlow, serviceRate, startupSeconds } = decision.inputs
  return [depth, digits(arrivalRateSlow, 2), digits(serviceRate, 3), digits(startupSeconds, 2)].join('|')
}

/** Whether a status is to be written now, so that the API server is not told of every request that arrives. */
export function isDue(summary: Reported, before: Reported | undefined): boolean {
  if (before?.urgent !== summary.urgent) return true
  const elapsed = summary.at - before.at
  if (elapsed >= REFRESH_MS && before.figures !== summary.figures) return true
  return elapsed >= COUNTS_EVERY_MS && before.counts !== summary.counts
}
