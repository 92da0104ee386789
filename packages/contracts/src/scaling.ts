import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

import { namesOf } from './streams.ts'

/**
 * What workers and api replicas tell the operator over core NATS, so that it need not poll. Pool: the name of a
 * BookingWorkerPool. Wake: an api replica has stored requests. Heartbeat: a worker says how it is. Drain: the operator
 * asks a worker to finish, before it is taken away.
 */
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Name = Type.String({ minLength: 1, maxLength: 253 })

/** Sent every second by each worker, and at once when it has begun to drain or has drained. */
export const Heartbeat = Type.Object({
  pod: Name,
  pool: Name,
  /** Requests being worked on now. */
  inflight: Count,
  /** Requests dealt with since the start of the process. */
  served: Count,
  /** Seconds in which it worked on something since the start of the process; with lanes, the sum over them. */
  busySeconds: Type.Number({ minimum: 0 }),
  /** Requests known to wait for this worker, without those being worked on; null when it cannot know. */
  depth: Type.Union([Count, Type.Null()]),
  /** When the oldest of them was stored; Unix milliseconds, null when none waits or it cannot know. */
  oldestAt: Type.Union([Count, Type.Null()]),
  /** Partitions it reads; only workers of a partitioned log say so. */
  partitions: Type.Optional(Type.Array(Count, { maxItems: 256 })),
  /** It takes no new work. */
  draining: Type.Boolean(),
  /** It has given everything back and only waits for its end. */
  drained: Type.Boolean(),
})
export type Heartbeat = Static<typeof Heartbeat>

/** Sent by an api replica after it has stored requests, at most ten times a second. */
export const Wake = Type.Object({
  /** Unique for each start of each replica. */
  replica: Name,
  /** Requests stored since its last wake. */
  count: Count,
  /** Messages in which they travelled. */
  messages: Count,
})
export type Wake = Static<typeof Wake>

/** Answer of a worker that is asked to drain. */
export const DrainAnswer = Type.Object({ accepted: Type.Boolean() })
export type DrainAnswer = Static<typeof DrainAnswer>

/** Header of a message in the queue: how many requests are in it. A message without it counts as one. */
export const REQUESTS_HEADER = 'Medqueue-Requests'

/** How often a worker says how it is; milliseconds. */
export const HEARTBEAT_EVERY_MS = 1_000

/** How often an api replica says at most that it has stored something; milliseconds. */
export const WAKE_EVERY_MS = 100

export interface ScalingSubjects {
  heartbeat: (pool: string) => string
  wake: (pool: string) => string
  drain: (pod: string) => string
}

/** A name as one token of a subject: a dot would be a separator. */
const token = (name: string) => name.replaceAll(/[.*>\s]/g, '_')

/** Subjects of the operator and the workers under one prefix. */
export function scalingSubjectsOf(prefix = ''): ScalingSubjects {
  const { subject } = namesOf(prefix)
  return {
    heartbeat: (pool) => subject(`booking.scaling.heartbeat.${token(pool)}`),
    wake: (pool) => subject(`booking.scaling.wake.${token(pool)}`),
    drain: (pod) => subject(`booking.scaling.drain.${token(pod)}`),
  }
}

/** The heartbeat in a message, or undefined when it is none. */
export const readHeartbeat = (text: string): Heartbeat | undefined => read(Heartbeat, text)

/** The wake in a message, or undefined when it is none. */
export const readWake = (text: string): Wake | undefined => read(Wake, text)

/** The answer in a message, or undefined when it is none. */
export const readDrainAnswer = (text: string): DrainAnswer | undefined => read(DrainAnswer, text)

function read<T extends Heartbeat | Wake | DrainAnswer>(schema: Schema, text: string): T | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(schema, value) ? (value as T) : undefined
  } catch {
    return undefined
  }
}

type Schema = typeof Heartbeat | typeof Wake | typeof DrainAnswer
