import type { StreamInfo } from '@nats-io/jetstream'

import { STREAM_KEEPER } from '@medqueue/contracts'
import { apiCode, type Broker } from '@medqueue/messaging'

import { corrected } from './decide.ts'
import type { Desired } from './desired.ts'

const STREAM_NOT_FOUND = 10_059

/** The stream, or undefined when there is none. */
export async function findStream({ jsm }: Broker, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name)
  } catch (error) {
    if (apiCode(error) === STREAM_NOT_FOUND) return undefined
    throw error
  }
}

export async function createStream({ jsm }: Broker, desired: Desired): Promise<StreamInfo> {
  return jsm.streams.add(desired)
}

export async function correctStream(
  { jsm }: Broker,
  desired: Desired,
  actual: StreamInfo,
): Promise<StreamInfo> {
  return jsm.streams.update(desired.name, corrected(desired, actual.config))
}

/** Deletes the stream if this owner keeps it. */
export async function deleteOwned(broker: Broker, desired: Desired): Promise<void> {
  const actual = await findStream(broker, desired.name)
  if (actual?.config.metadata?.[STREAM_KEEPER] !== desired.metadata[STREAM_KEEPER]) return
  await broker.jsm.streams.delete(desired.name).catch((error: unknown) => {
    if (apiCode(error) !== STREAM_NOT_FOUND) throw error
  })
}

/** Keeps the stream and what is in it, and says that nobody keeps it any more. */
export async function releaseOwned(broker: Broker, desired: Desired): Promise<void> {
  const actual = await findStream(broker, desired.name)
  if (actual?.config.metadata?.[STREAM_KEEPER] !== desired.metadata[STREAM_KEEPER]) return
  const metadata = Object.fromEntries(
    Object.entries(actual?.config.metadata ?? {}).filter(([field]) => field !== STREAM_KEEPER),
  )
  await broker.jsm.streams.update(desired.name, { ...actual?.config, metadata })
}
