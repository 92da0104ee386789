import { STREAM_KEEPER } from '@medqueue/contracts'
import type { StreamConfig, StreamInfo } from '@nats-io/jetstream'

import { type Problem, QueueReason } from './conditions.ts'
import type { Desired } from './desired.ts'
import { isNamed } from './keeper.ts'

/** What is to be done about one stream. */
export type Action =
  | { do: 'nothing' }
  /** `restore`: it was there before, and somebody has deleted it. */
  | { do: 'create'; restore: boolean }
  /** `drift`: the fields that somebody else has changed; empty when it is only taken into keeping. */
  | { do: 'update'; drift: string[] }
  | { do: 'stop'; problem: Problem }

export interface StreamState {
  desired: Desired
  actual: StreamInfo | undefined
  /** The object has had this stream before. */
  known: boolean
  /** Objects of that name exist, other than this one. */
  isTaken: (owner: string) => boolean
  /** The spec was carried out as it is now: what is different since then, somebody else has changed. */
  carriedOut: boolean
}

/** Fields that are kept as the spec says. Everything else of a stream is left to its servers. */
const KEPT = [
  'subjects',
  'description',
  'discard',
  'max_bytes',
  'max_age',
  'max_msg_size',
  'duplicate_window',
  'num_replicas',
  'allow_direct',
] as const satisfies (keyof StreamConfig)[]

/** Limits that would drop requests in silence; the spec has no say in them. */
const UNLIMITED = [
  'max_msgs',
  'max_msgs_per_subject',
  'max_consumers',
] as const satisfies (keyof StreamConfig)[]

/** Fields that a server does not change, or only with loss. */
const FIXED = ['storage', 'retention'] as const satisfies (keyof StreamConfig)[]

/** What to do so that a stream becomes as it should be. */
export function decide({ desired, actual, known, isTaken, carriedOut }: StreamState): Action {
  if (actual === undefined) return { do: 'create', restore: known }
  const problem = obstacleOf(desired, actual.config, isTaken)
  if (problem !== undefined) return { do: 'stop', problem }
  const drift = driftOf(desired, actual.config)
  if (drift.length === 0 && isNamed(actual.config.metadata, desired.metadata)) return { do: 'nothing' }
  return { do: 'update', drift: carriedOut ? drift : [] }
}

function obstacleOf(
  desired: Desired,
  actual: StreamConfig,
  isTaken: (owner: string) => boolean,
): Problem | undefined {
  const owner = actual.metadata?.[STREAM_KEEPER]
  if (owner !== undefined && owner !== desired.metadata[STREAM_KEEPER] && isTaken(owner)) {
    const message = `The BookingQueue ${owner} keeps the stream ${desired.name}: name another stream`
    return { reason: QueueReason.streamTaken, message }
  }
  const fixed = FIXED.find((field) => actual[field] !== desired[field])
  if (fixed !== undefined) {
    const message = `The stream ${desired.name} has ${fixed} ${actual[fixed]}, which cannot become ${desired[fixed] ?? ''}: delete it or name another stream`
    return { reason: QueueReason.streamIncompatible, message }
  }
  return undefined
}

/** Names of the fields that are not as they should be. */
export function driftOf(desired: Desired, actual: StreamConfig): string[] {
  const wrong = KEPT.filter((field) => JSON.stringify(actual[field]) !== JSON.stringify(desired[field]))
  const limited = UNLIMITED.filter((field) => actual[field] > 0)
  return [...wrong, ...limited]
}

/** The configuration to write: what the stream has, with what it should have over it. */
export function corrected(desired: Desired, actual: StreamConfig): StreamConfig {
  const unlimited = Object.fromEntries(UNLIMITED.map((field) => [field, -1]))
  return { ...actual, ...desired, ...unlimited, metadata: { ...actual.metadata, ...desired.metadata } }
}
