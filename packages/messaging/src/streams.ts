import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream'

import { STREAM_KEEPER, type StreamDefinition } from '@medqueue/contracts'

import { MessagingError } from './errors.ts'
import { onceFormed } from './forming.ts'
import type { Log } from './logger.ts'

/** JetStream's code for a stream that is not there. */
export const STREAM_NOT_FOUND = 10_059
const JS_STREAM_NAME_IN_USE = 10_058
/** The broker, or the account on it, has not as much storage left as the stream reserves. */
const JS_NO_ROOM = new Set([10_023, 10_028, 10_047])

/**
 * Makes the stream if it is missing. Leaves an existing one as its owner has set it (an operator may have raised the
 * limits), but for copies that it lacks, and refuses one that would lose what it acknowledged (STREAM_NOT_DURABLE). Waits
 * while brokers that start together have no leader. Throws BROKER_WITHOUT_ROOM.
 */
export async function ensureStream(
  jsm: JetStreamManager,
  definition: StreamDefinition,
  logger?: Pick<Log, 'warn'>,
): Promise<StreamInfo> {
  const made = async () => (await findStream(jsm, definition.name)) ?? (await add(jsm, definition))
  const info = await onceFormed(made, apiCode)
  const { storage, retention } = info.config
  const persistMode = (info.config as { persist_mode?: string }).persist_mode
  if (storage !== StorageType.File || persistMode === 'async' || retention !== RetentionPolicy.Limits) {
    throw new MessagingError(
      'STREAM_NOT_DURABLE',
      `Stream ${definition.name} must have file storage, limits retention and no asynchronous persistence`,
    )
  }
  return copied(jsm, info, definition, logger)
}

/** With as many copies as it should have, unless a BookingQueue keeps it and says itself how many. */
async function copied(
  jsm: JetStreamManager,
  info: StreamInfo,
  { name, replicas = 1 }: StreamDefinition,
  logger?: Pick<Log, 'warn'>,
): Promise<StreamInfo> {
  const { config } = info
  if (config.num_replicas >= replicas || config.metadata?.[STREAM_KEEPER] !== undefined) return info
  try {
    return await jsm.streams.update(name, { ...config, num_replicas: replicas })
  } catch (error) {
    if (apiCode(error) === undefined) throw error
    // A broker that is away is no reason not to serve: the next start tries again.
    logger?.warn({ err: error, stream: name, replicas }, 'Stream cannot have so many copies now')
    return info
  }
}

/** The stream, or undefined when there is none. */
export async function findStream(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name)
  } catch (error) {
    if (apiCode(error) === STREAM_NOT_FOUND) return undefined
    throw error
  }
}

/** The configuration of a stream as it is made. */
export function streamConfigOf(definition: StreamDefinition): Partial<StreamConfig> & { name: string } {
  return {
    name: definition.name,
    subjects: definition.subjects,
    description: definition.description,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: definition.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
    max_bytes: definition.maxBytes,
    max_age: definition.maxAgeNanos,
    duplicate_window: definition.duplicateWindowNanos,
    num_replicas: definition.replicas ?? 1,
    allow_direct: true,
  }
}

async function add(jsm: JetStreamManager, definition: StreamDefinition): Promise<StreamInfo> {
  try {
    return await jsm.streams.add(streamConfigOf(definition))
  } catch (error) {
    // Another replica made it meanwhile.
    const code = apiCode(error)
    if (code === JS_STREAM_NAME_IN_USE) return jsm.streams.info(definition.name)
    if (code === undefined || !JS_NO_ROOM.has(code)) throw error
    const gibibytes = definition.maxBytes / 1024 ** 3
    throw new MessagingError(
      'BROKER_WITHOUT_ROOM',
      `The broker has no room for the stream ${definition.name}, which reserves ${gibibytes} GiB: raise "max_file_store" in its jetstream block, or the limit of the account`,
      { cause: error },
    )
  }
}

/** JetStream's error code of a failed call, or undefined. */
export function apiCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'number' ? error.code : undefined
}
