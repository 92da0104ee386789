import type { EventNote, Phase } from '@medqueue/operator-kit'

import { POOLS } from './kinds.ts'
import { type DecidedLook, labelsOf, type Look } from './look.ts'
import { isDue, phaseOf, type ReportInput, sentenceOf, statusOf, summaryOf } from './report.ts'
import { referTo } from './world.ts'

/** A status that tells of a failure may take so long: whatever failed is to be tried again; milliseconds. */
const FAILURE_TOLD_WITHIN_MS = 5_000

/** Writes the status when there is something new to say. */
export async function report(look: Look): Promise<void> {
  await write(look, undefined)
}

/** Writes that what was decided could not be done, which counts more than whether that can be told. */
export async function reportFailure(look: Look, failure: Phase): Promise<void> {
  const { manager, logger } = look.context
  try {
    // The look itself may be over, because it took too long.
    await write({ ...look, client: manager.client }, failure)
  } catch (error) {
    logger.warn({ err: error, ...labelsOf(look.key) }, 'Failure was not told')
  }
}

async function write(look: Look, failure: Phase | undefined): Promise<void> {
  const { context, client, key, gathered, decision, state } = look
  const { metrics, broker, clock } = context
  const phase = phaseOf({ gathered, decision, failure, up: broker()?.connected() === true })
  const input: ReportInput = { gathered, decision, phase, state }
  metrics.told(labelsOf(key), phase.phase === 'ready')
  const summary = summaryOf(input, clock.monotonic())
  if (!isDue(summary, state.reported)) return
  const intent = {
    apiVersion: POOLS.apiVersion,
    kind: POOLS.kind,
    metadata: { ...key },
    status: statusOf(input, clock.now()),
  }
  await client.applyStatus(POOLS, intent, failure === undefined ? {} : { timeoutMs: FAILURE_TOLD_WITHIN_MS })
  tellPhase(look, phase)
  state.reported = summary
}

/** An event when the pool has begun or ceased to work. */
function tellPhase(look: Look, { phase, reason, message }: Phase): void {
  const { state } = look
  if (state.toldReason === reason) return
  state.toldReason = reason
  const type = phase === 'ready' ? 'Normal' : 'Warning'
  record(look, { type, reason, action: 'Reconciling', note: message })
}

/** The number of workers asked for has changed. */
export function tellScaled(look: DecidedLook, from: number, to: number): void {
  const { context, key, decision, state } = look
  const labels = labelsOf(key)
  const { clock } = context
  state.lastScaleTime = new Date(clock.now()).toISOString()
  context.metrics.scaled(labels, from, to)
  if (state.wokenAt !== undefined) context.metrics.woken(labels, (clock.monotonic() - state.wokenAt) / 1_000)
  const reason = to > from ? 'ScaledUp' : 'ScaledDown'
  const note = `From ${from} to ${to} workers. ${sentenceOf(decision)}`
  record(look, { type: 'Normal', reason, action: 'Scaling', note })
}

/** What a pool that observes would do, when that has changed. */
export function tellObserved(look: DecidedLook): void {
  const { decision, state } = look
  if (state.observedWant === decision.want) return
  state.observedWant = decision.want
  const note = `Would run ${decision.want} workers. ${sentenceOf(decision)}`
  record(look, { type: 'Normal', reason: 'WouldScale', action: 'Observing', note })
}

/** A worker is taken away without having finished. */
export function tellOverdue(look: Look, pod: string): void {
  look.context.metrics.drainAnswered(labelsOf(look.key), 'overdue')
  const note = `Worker ${pod} has not finished in the time that Kubernetes gives it; it is taken away`
  record(look, { type: 'Warning', reason: 'DrainOverdue', action: 'Draining', note })
}

function record({ context, key, gathered }: Look, note: EventNote): void {
  context.manager.events.record(referTo(key, gathered.pool), note)
}
