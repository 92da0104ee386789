import type { StreamInfo } from '@nats-io/jetstream'

import type { Broker, Log } from '@medqueue/messaging'
import type { EventNote, Phase } from '@medqueue/operator-kit'

import { type Problem, QueueReason } from './conditions.ts'
import { type Action, decide } from './decide.ts'
import { countDepth } from './depth.ts'
import { type Desired, desiredStreams, partitionSubjects } from './desired.ts'
import type { Queue } from './kinds.ts'
import { refusalOf } from './refusal.ts'
import type { Found } from './report.ts'
import { correctStream, createStream, findStream } from './streams.ts'

export interface KeepOptions {
  broker: Broker
  logger: Log
  /** The controller's own prefix, for queues that name none. */
  prefix: string
  now: () => number
  /** Another BookingQueue of that name exists. */
  isTaken: (owner: string) => boolean
  tell: (note: EventNote) => void
}

const READY: Phase = {
  phase: 'ready',
  reason: QueueReason.streamReady,
  message: 'The streams are as the spec says',
}

/** Makes the streams of a queue as they should be, one call after the other, and looks at what waits in them. */
export async function keep(queue: Queue, options: KeepOptions): Promise<Found> {
  const { broker, prefix, now } = options
  const key = { namespace: queue.metadata.namespace ?? '', name: queue.metadata.name }
  let corrected = 0
  for (const desired of desiredStreams(key, queue.spec, prefix)) {
    const step = await keepOne(desired, queue, options)
    if (step.problem !== undefined) return { phase: { phase: 'stalled', ...step.problem }, corrected }
    corrected += step.corrected
  }
  const { stream } = queue.spec
  const subjects = partitionSubjects(queue.spec, prefix)
  const depths = await countDepth(broker, { stream, subjects, now: now() })
  const info = await broker.jsm.streams.info(stream)
  // A server that is no member of a cluster leads its streams itself.
  const leader = info.cluster?.leader ?? broker.nc.info?.server_name
  return { phase: READY, stream: { createdAt: info.created, leader, depths }, corrected }
}

interface Step {
  problem?: Problem
  corrected: number
}

async function keepOne(desired: Desired, queue: Queue, options: KeepOptions): Promise<Step> {
  const actual = await findStream(options.broker, desired.name)
  const action = decide({ desired, actual, isTaken: options.isTaken, ...historyOf(queue) })
  if (action.do === 'stop') return { problem: action.problem, corrected: 0 }
  try {
    await carryOut(action, desired, actual, options.broker)
  } catch (error) {
    const problem = refusalOf(error, desired.name)
    if (problem === undefined) throw error
    return { problem, corrected: 0 }
  }
  return { corrected: tellOf(action, desired.name, options) }
}

/** Only what the spec said when it was last carried out can have been changed by somebody else. */
function historyOf({ metadata, status }: Queue): { known: boolean; specChanged: boolean } {
  const specChanged = (status?.observedGeneration ?? 0) < (metadata.generation ?? 0)
  return { specChanged, known: status?.streamCreatedAt !== undefined && !specChanged }
}

async function carryOut(
  action: Action,
  desired: Desired,
  actual: StreamInfo | undefined,
  broker: Broker,
): Promise<void> {
  if (action.do === 'create') await createStream(broker, desired)
  if (action.do === 'update' && actual !== undefined) await correctStream(broker, desired, actual)
}

/** Tells what was done; 1 when something was put right that somebody else had changed. */
function tellOf(action: Action, name: string, { tell, logger }: KeepOptions): number {
  if (action.do === 'create') {
    const note = action.restore
      ? `Stream ${name} had been deleted; it is there again, empty`
      : `Stream ${name} was made`
    const reason = action.restore ? 'StreamRestored' : 'StreamCreated'
    tell({ type: action.restore ? 'Warning' : 'Normal', reason, action: 'Creating', note })
    logger.info({ stream: name, restored: action.restore }, 'Stream made')
    return action.restore ? 1 : 0
  }
  if (action.do !== 'update') return 0
  const { drift } = action
  logger.info({ stream: name, drift }, 'Stream changed')
  if (drift.length === 0) return 0
  const note = `Stream ${name} was changed by somebody else and is put right: ${drift.join(', ')}`
  tell({ type: 'Warning', reason: 'DriftCorrected', action: 'Updating', note })
  return 1
}
