import { apiCode, type Broker, findStream, STREAM_NOT_FOUND } from '@medqueue/messaging'
import type { StreamInfo } from '@nats-io/jetstream'

import { corrected } from './decide.ts'
import type { Desired } from './desired.ts'
import { isKept, KEEPER_GENERATION, withoutKeeper } from './keeper.ts'

/** Where streams are written. */
export interface Writing {
  broker: Broker
  /**
   * Called directly before each write: the broker knows nothing of leaders, so whoever slept since it looked must not write,
   * nor whoever has taken too long.
   * @throws LeadershipLostError, or OperatorError when the time is up
   */
  assertMayWrite: () => void
}

export async function createStream(
  { broker, assertMayWrite }: Writing,
  desired: Desired,
): Promise<StreamInfo> {
  assertMayWrite()
  return broker.jsm.streams.add(desired)
}

export async function correctStream(
  { broker, assertMayWrite }: Writing,
  desired: Desired,
  actual: StreamInfo,
): Promise<StreamInfo> {
  assertMayWrite()
  return broker.jsm.streams.update(desired.name, corrected(desired, actual.config))
}

/** Notes on the stream of requests that the spec of that generation is carried out. */
export async function noteCarriedOut(
  { broker, assertMayWrite }: Writing,
  { config }: StreamInfo,
  generation: string,
): Promise<void> {
  assertMayWrite()
  const metadata = { ...config.metadata, [KEEPER_GENERATION]: generation }
  await broker.jsm.streams.update(config.name, { ...config, metadata })
}

/** Deletes the stream if this object keeps it. */
export async function deleteOwned({ broker, assertMayWrite }: Writing, desired: Desired): Promise<void> {
  const actual = await findStream(broker.jsm, desired.name)
  if (!isKept(actual?.config.metadata, desired.metadata)) return
  assertMayWrite()
  await broker.jsm.streams.delete(desired.name).catch((error: unknown) => {
    if (apiCode(error) !== STREAM_NOT_FOUND) throw error
  })
}

/** Keeps the stream and what is in it, and says that nobody keeps it any more. */
export async function releaseOwned({ broker, assertMayWrite }: Writing, desired: Desired): Promise<void> {
  const actual = await findStream(broker.jsm, desired.name)
  if (actual === undefined || !isKept(actual.config.metadata, desired.metadata)) return
  assertMayWrite()
  const metadata = withoutKeeper(actual.config.metadata)
  await broker.jsm.streams.update(desired.name, { ...actual.config, metadata })
}
