import {
  type BookingQueueSpec,
  durationMs,
  namesOf,
  STREAM_KEEPER,
  type StreamDefinition,
  streamsOf,
} from '@medqueue/contracts'
import { streamConfigOf } from '@medqueue/messaging'
import type { ObjectKey } from '@medqueue/operator-kit'
import type { StreamConfig } from '@nats-io/jetstream'

/** A stream as it should be. */
export type Desired = Partial<StreamConfig> & { name: string; metadata: Record<string, string> }

const nanos = (duration: string | undefined) =>
  duration === undefined ? 0 : durationMs(duration) * 1_000_000

/** The streams a queue is made of: the same that the services make for themselves, within the limits of the spec. */
export function desiredStreams(key: ObjectKey, spec: BookingQueueSpec, prefix: string): Desired[] {
  const own = spec.subjectPrefix ?? prefix
  const { bookingRequests, deadLetters } = streamsOf(own)
  const { limits, deadLetter, replicas } = spec
  const queue = withLimits({ ...bookingRequests, name: spec.stream, replicas }, limits)
  const streams = [{ ...queue, max_msg_size: limits.maxMessageSize ?? -1 }]
  if (deadLetter !== undefined) {
    streams.push({
      ...withLimits({ ...deadLetters, name: deadLetter.stream, replicas }, deadLetter),
      max_msg_size: -1,
    })
  }
  return streams.map((config) => ({ ...config, metadata: { [STREAM_KEEPER]: ownerName(key) } }))
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
