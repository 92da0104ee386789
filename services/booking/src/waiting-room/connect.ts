import { randomBytes, randomUUID } from 'node:crypto'

import type { Log } from '@medqueue/messaging'
import { CommonErrors, ProblemError, readSecret } from '@medqueue/service-kit'
import type { RedisClientType } from 'redis'

import type { ApiConfig } from '../config.ts'
import type { RoomSettings } from './domain/room.ts'
import { createWaitingRoom, type WaitingRoom } from './room.ts'
import { readSignals, type Sources } from './signals.ts'
import { roomStore } from './store.ts'
import { createTickets, keysOf } from './tickets.ts'

export interface RoomDeps {
  redis: RedisClientType
  logger: Log
  replica: string
  sources: Sources
}

export function settingsOf(config: Readonly<ApiConfig>): RoomSettings {
  const { WAITING_ROOM_LEAST_RATE: least, WAITING_ROOM_MOST_RATE: most } = config
  return {
    mode: config.WAITING_ROOM_MODE,
    bounds: { least, most: Math.max(least, most) },
    startRate: config.WAITING_ROOM_START_RATE,
    drawMs: config.WAITING_ROOM_DRAW_MS,
    turnMs: config.WAITING_ROOM_TURN_MS,
  }
}

/** This replica's side of the waiting room, started; undefined when there is none. Throws CONFIG_INVALID. */
export async function startWaitingRoom(
  config: Readonly<ApiConfig>,
  { redis, logger, replica, sources }: RoomDeps,
): Promise<WaitingRoom | undefined> {
  if (config.WAITING_ROOM_MODE === 'off') return undefined
  const signals = readSignals(sources)
  const room = createWaitingRoom({
    store: roomStore(redis, config.SUBJECT_PREFIX),
    tickets: createTickets(keyRing(config), Date.now),
    settings: settingsOf(config),
    replica,
    signals: signals.read,
    logger,
    monotonicMs: () => performance.now(),
    newId: randomUUID,
    newSeed: () => randomBytes(16).toString('hex'),
  })
  await room.start()
  return {
    ...room,
    stop: async () => {
      signals.stop()
      await room.stop()
    },
  }
}

const READ_KEYS_MS = 10_000

/** The keys as their file holds them, read now and then, so that they are changed without a restart. Throws CONFIG_INVALID. */
function keyRing(config: Readonly<ApiConfig>): () => string {
  const { WAITING_ROOM_KEYS: keys = '', WAITING_ROOM_KEYS_FILE: file } = config
  try {
    keysOf(keys)
  } catch (cause) {
    const detail = 'WAITING_ROOM_KEYS must be keys of 32 bytes or more in base64, separated by commas'
    throw new ProblemError(CommonErrors.CONFIG_INVALID, { detail, cause })
  }
  if (file === undefined) return () => keys
  let known = keys
  let readAt = performance.now()
  return () => {
    if (performance.now() - readAt < READ_KEYS_MS) return known
    readAt = performance.now()
    const text = readSecret(file)
    // A file that is gone for a moment, or holds no keys, changes nothing.
    if (text !== undefined && areKeys(text)) known = text
    return known
  }
}

function areKeys(text: string): boolean {
  try {
    return keysOf(text).length > 0
  } catch {
    return false
  }
}
