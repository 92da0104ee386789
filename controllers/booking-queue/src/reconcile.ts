import type { StreamInfo } from '@nats-io/jetstream'

import { findStream, type Log } from '@medqueue/messaging'
import type { EventNote, Phase } from '@medqueue/operator-kit'

import { type Problem, QueueReason } from './conditions.ts'
import { type Action, decide, type StreamState } from './decide.ts'
import { countDepth } from './depth.ts'
import { type Desired, desiredStreams, partitionSubjects } from './desired.ts'
import { isNamed, KEEPER_GENERATION } from './keeper.ts'
import type { Queue } from './kinds.ts'
import { refusalOf } from './refusal.ts'
import type { Found } from './report.ts'
import { correctStream, createStream, noteCarriedOut, type Writing } from './streams.ts'

export interface KeepOptions extends Writing {
  logger: Log
  /** The controller's own prefix, for queues that name none. */
  prefix: string
  now: () => number
  /** Another BookingQueue of that name exists. */
  isTaken: (owner: string) => boolean
  tell: (note: EventNote) => void
  /** Aborted when it has taken too long. */
  signal: AbortSignal
}

const READY: Phase = {
  phase: 'ready',
  reason: QueueReason.streamReady,
  message: 'The streams are as the spec says',
}

/** Makes the streams of a queue as they should be, one call after the other, and looks at what waits in them. */
export async function keep(queue: Queue, options: KeepOptions): Promise<Found> {
  const { broker, prefix, now, signal } = options
  const { stream } = queue.spec
  const generation = String(queue.metadata.generation ?? 0)
  const [requests, ...others] = desiredStreams(queue, prefix)
  const actual = await findStream(broker.jsm, requests.name)
  const carriedOut = isCarriedOut(actual, requests, generation)
  const first = await keepOne(requests, { actual, carriedOut, known: wasThere(queue) }, options)
  let { problem, corrected } = first
  for (const desired of others) {
    if (problem !== undefined) break
    signal.throwIfAborted()
    const found = await findStream(broker.jsm, desired.name)
    const step = await keepOne(desired, { actual: found, carriedOut, known: carriedOut }, options)
    problem = step.problem
    corrected += step.corrected
  }
  if (problem !== undefined) return { phase: { phase: 'stalled', ...problem }, corrected }
  if (!carriedOut && first.info !== undefined) await noteCarriedOut(options, first.info, generation)
  signal.throwIfAborted()
  const subjects = partitionSubjects(queue.spec, prefix)
  const depths = await countDepth(broker, { stream, subjects, now: now() })
  const info = await broker.jsm.streams.info(stream)
  // A server that is no member of a cluster leads its streams itself.
  const leader = info.cluster?.leader ?? broker.nc.info?.server_name
  return { phase: READY, stream: { createdAt: info.created, leader, depths }, corrected }
}

/** The stream of this object as it was had before. */
const wasThere = ({ status }: Queue) => status?.streamCreatedAt !== undefined

/** Only what the spec said when it was last carried out, as a whole, can have been changed by somebody else. */
const isCarriedOut = (actual: StreamInfo | undefined, { metadata }: Desired, generation: string) =>
  isNamed(actual?.config.metadata, metadata) && actual?.config.metadata?.[KEEPER_GENERATION] === generation

interface Step {
  problem?: Problem | undefined
  corrected: number
  /** The stream as it is now. */
  info?: StreamInfo | undefined
}

type Known = Pick<StreamState, 'actual' | 'known' | 'carriedOut'>

async function keepOne(desired: Desired, state: Known, options: KeepOptions): Promise<Step> {
  const action = decide({ desired, ...state, isTaken: options.isTaken })
  if (action.do === 'stop') return { problem: action.problem, corrected: 0 }
  let info: StreamInfo | undefined
  try {
    info = await carryOut(action, desired, state.actual, options)
  } catch (error) {
    const problem = refusalOf(error, desired.name)
    if (problem === undefined) throw error
    return { problem, corrected: 0 }
  }
  return { corrected: tellOf(action, desired.name, options), info }
}

async function carryOut(
  action: Action,
  desired: Desired,
  actual: StreamInfo | undefined,
  writing: Writing,
): Promise<StreamInfo | undefined> {
  if (action.do === 'create') return createStream(writing, desired)
  if (action.do === 'update' && actual !== undefined) return correctStream(writing, desired, actual)
  return actual
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
