import { randomBytes, randomUUID } from 'node:crypto'

import { connectTestRedis, type Scope, testPrefix } from '@medqueue/testing'
import type { RedisClientType } from 'redis'

import type { Signals } from '../../src/waiting-room/domain/controller.ts'
import type { RoomSettings } from '../../src/waiting-room/domain/room.ts'
import { createWaitingRoom, type WaitingRoom } from '../../src/waiting-room/room.ts'
import { roomStore, type RoomStore } from '../../src/waiting-room/store.ts'
import { createTickets } from '../../src/waiting-room/tickets.ts'

export const KEYS = randomBytes(32).toString('base64')
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

export interface Replicas {
  rooms: WaitingRoom[]
  redis: RedisClientType
  prefix: string
  /** What every replica says of itself. */
  signals: Signals
  /** The next call of the store by any replica fails as if Redis were away; until set to false again. */
  away: { now: boolean }
  /** Lets the time pass, and every replica look once, some times. */
  pass: (ms: number, times?: number) => Promise<void>
  /** One more replica, as after a restart. */
  another: () => WaitingRoom
}

const SETTINGS: RoomSettings = {
  mode: 'manual',
  bounds: { least: 1, most: 500 },
  startRate: 10,
  drawMs: 5_000,
  turnMs: 60_000,
}

/**
 * Replicas that share a room on the real Redis. Its clock, as they hear of it, is moved by hand, so that nothing has to be
 * waited for.
 */
export async function startReplicas(
  scope: Scope,
  count: number,
  settings: Partial<RoomSettings> = {},
): Promise<Replicas> {
  const redis = await connectTestRedis(scope)
  const prefix = testPrefix(scope)
  const signals = { oldestMs: 0, loopMs: 0, poolMs: 0, beginMs: 0 }
  const away = { now: false }
  let clock = 1_700_000_000_000
  const real = roomStore(redis, prefix)
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    if (away.now) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    return call()
  }
  const store: RoomStore = {
    sync: async (...args) => guarded(async () => ({ ...(await real.sync(...args)), now: clock })),
    write: async (write) => guarded(() => real.write(write)),
    join: async (join) => guarded(() => real.join(join)),
    restore: async (known) => guarded(() => real.restore(known)),
  }
  const another = () =>
    createWaitingRoom({
      store,
      tickets: createTickets(() => KEYS, Date.now),
      settings: { ...SETTINGS, ...settings },
      replica: randomUUID(),
      signals: () => signals,
      logger: QUIET,
      monotonicMs: () => clock,
      newId: randomUUID,
      newSeed: () => randomBytes(16).toString('hex'),
    })
  const rooms = Array.from({ length: count }, another)
  const pass = async (ms: number, times = 1) => {
    for (let n = 0; n < times; n++) {
      clock += ms
      await Promise.allSettled(rooms.map((room) => room.look()))
    }
  }
  scope.teardown(async () => {
    const keys = await redis.keys(`{${prefix}waiting-room}*`)
    if (keys.length > 0) await redis.del(keys)
  })
  return { rooms, redis, prefix, signals, away, pass, another }
}

/** Opens at once; the draw is five seconds later. */
export const openNow = async (room: WaitingRoom | undefined) =>
  room?.plan((now) => ({ opensAt: now, drawAt: now + 5_000, reason: 'New slots' }))
