import {
  type BookingQueueSpec,
  durationMs,
  namesOf,
  STREAM_KEEPER,
  type StreamDefinition,
  streamsOf,
} from '@medqueue/contracts'
import { streamConfigOf } from '@medqueue/messaging'
import { keyOf, type ObjectKey } from '@medqueue/operator-kit'
import type { StreamConfig } from '@nats-io/jetstream'

import { type Keeper, KEEPER_UID } from './keeper.ts'
import type { Queue } from './kinds.ts'

/** A stream as it should be. */
export type Desired = Partial<StreamConfig> & { name: string; metadata: Keeper & Record<string, string> }

const nanos = (duration: string | undefined) =>
  duration === undefined ? 0 : durationMs(duration) * 1_000_000

/**
 * The streams a queue is made of, that of requests first: the same that the services make for themselves, within the limits
 * of the spec.
 */
export function desiredStreams({ metadata, spec }: Queue, prefix: string): [Desired, ...Desired[]] {
  const own = spec.subjectPrefix ?? prefix
  const { bookingRequests, deadLetters } = streamsOf(own)
  const { limits, deadLetter, replicas } = spec
  const queue = withLimits({ ...bookingRequests, name: spec.stream, replicas }, limits)
  const keeper = { [STREAM_KEEPER]: ownerName(keyOf({ metadata })), [KEEPER_UID]: metadata.uid }
  const requests = { ...queue, max_msg_size: limits.maxMessageSize ?? -1, metadata: keeper }
  if (deadLetter === undefined) return [requests]
  const dead = withLimits({ ...deadLetters, name: deadLetter.stream, replicas }, deadLetter)
  return [requests, { ...dead, max_msg_size: -1, metadata: keeper }]
}

function withLimits(definition: StreamDefinition, limits: { maxBytes: number; maxAge?: string }) {
  return streamConfigOf({ ...definition, maxBytes: limits.maxBytes, maxAgeNanos: nanos(limits.maxAge) })
}

/** How an object is named in the metadata of its streams. */
export const ownerName = ({ namespace, name }: ObjectKey): string => `${namespace}/${name}`

/** Subject of each partition. */
export function partitionSubjects(spec: BookingQueueSpec, prefix: string): string[] {
  const { subjects } = namesOf(spec.subjectPrefix ?? prefix)
  return Array.from({ length: spec.partitions }, (_, partition) => subjects.bookingRequests(partition))
}
