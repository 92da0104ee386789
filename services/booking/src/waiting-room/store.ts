import type { RedisClientType } from 'redis'

import type { Signals } from './domain/controller.ts'
import type { RoomState } from './domain/room.ts'

/** What all replicas share. */
export interface Shared {
  /** Unix ms of the server's clock: the one that counts. */
  now: number
  /** 0 when nothing is kept there. */
  version: number
  /** Undefined when the version is the one that was known. */
  state: RoomState | undefined
  issued: number
  /** How many took part in the draw; undefined before it. */
  drawn: number | undefined
  /** The worst of what replicas have said of late. */
  signals: Signals | undefined
}

export interface Write {
  /** The version it was decided from. */
  version: number
  state: RoomState
  /** A new opening begins to count anew. */
  isNewOpening: boolean
  /** Whoever has a number now takes part in the draw, and nobody after. */
  isDraw: boolean
}

export interface Join {
  opening: string
  userId: string
  /** The number of a ticket that was shown: it counts when ours is lost. */
  shown: number | undefined
  /** A number whose turn is over: it is given up for a new one. */
  givenUp: number | undefined
  /** A new number is not below it: the line ran on while nobody came, and what it passed is nobody's turn. */
  least: number
}

/** The room in Redis. Everything throws when Redis is out of reach. */
export interface RoomStore {
  /** Says how this replica is, and reads all. */
  sync: (replica: string, signals: Signals, knownVersion: number) => Promise<Shared>
  /** False when somebody else has decided meanwhile. */
  write: (write: Write) => Promise<boolean>
  /** The person's number, the same each time; undefined when that opening is not the current one. */
  join: (join: Join) => Promise<number | undefined>
  /** Puts back what a server that has lost it knew. False when it knows as much. */
  restore: (known: {
    version: number
    state: RoomState
    issued: number
    drawn: number | undefined
  }) => Promise<boolean>
}

/** Replicas that have been silent this long do not count, and are forgotten later. */
const SILENT_MS = 3_000
const FORGET_MS = 60_000
/** Places are kept this long after the last who came. */
const PEOPLE_MS = 24 * 3_600_000

const CLOCK = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)`

const SYNC = `${CLOCK}
redis.call('HSET', KEYS[2], ARGV[1], now .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[2], ${FORGET_MS})
local seen = redis.call('HGETALL', KEYS[2])
local said = {}
for i = 1, #seen, 2 do
  local at = tonumber(string.match(seen[i + 1], '^%d+'))
  if at < now - ${FORGET_MS} then redis.call('HDEL', KEYS[2], seen[i])
  elseif at >= now - ${SILENT_MS} then said[#said + 1] = seen[i + 1] end
end
local room = redis.call('HMGET', KEYS[1], 'version', 'state', 'issued', 'drawn')
if room[1] == ARGV[3] then room[2] = '' end
return { tostring(now), room[1] or '0', room[2] or '', room[3] or '0', room[4] or '', said }`

const WRITE = `
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', version + 1, 'state', ARGV[2], 'opening', ARGV[3])
if ARGV[4] == '1' then redis.call('HDEL', KEYS[1], 'issued', 'drawn') end
if ARGV[5] == '1' then redis.call('HSETNX', KEYS[1], 'drawn', redis.call('HGET', KEYS[1], 'issued') or '0') end
return 1`

const JOIN = `
if redis.call('HGET', KEYS[1], 'opening') ~= ARGV[1] then return -1 end
local known = redis.call('HGET', KEYS[2], ARGV[2])
if not known and ARGV[3] ~= '' then known = ARGV[3] end
if not known or known == ARGV[4] then
  local issued = tonumber(redis.call('HGET', KEYS[1], 'issued') or '0')
  if issued < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'issued', ARGV[5]) end
  known = redis.call('HINCRBY', KEYS[1], 'issued', 1) - 1
end
redis.call('HSET', KEYS[2], ARGV[2], known)
redis.call('PEXPIRE', KEYS[2], ${PEOPLE_MS})
return tonumber(known)`

const RESTORE = `
if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') >= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'state', ARGV[2], 'opening', ARGV[3], 'issued', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'drawn', ARGV[5]) end
return 1`

/** In the order in which replicas say them; one of an older version says fewer. */
const SIGNALS = ['oldestMs', 'loopMs', 'poolMs', 'beginMs'] as const satisfies (keyof Signals)[]

const openingOf = ({ opening }: RoomState) => opening?.id ?? ''

/** The prefix sets installations apart. One script each is one step: no replica sees half of it. */
export function roomStore(redis: RedisClientType, prefix: string): RoomStore {
  const room = `{${prefix}waiting-room}`
  const people = (opening: string) => `${room}:people:${opening}`
  const run = async (script: string, keys: string[], values: (string | number)[]) =>
    redis.eval(script, { keys, arguments: values.map(String) })
  return {
    sync: async (replica, signals, knownVersion) => {
      const said = SIGNALS.map((name) => Math.round(signals[name])).join(' ')
      const answer = await run(SYNC, [room, `${room}:replicas`], [replica, said, knownVersion])
      return sharedOf(answer as [string, string, string, string, string, string[]])
    },
    write: async ({ version, state, isNewOpening, isDraw }) => {
      const values = [version, JSON.stringify(state), openingOf(state), Number(isNewOpening), Number(isDraw)]
      return (await run(WRITE, [room], values)) === 1
    },
    join: async ({ opening, userId, shown, givenUp, least }) => {
      const values = [opening, userId, shown ?? '', givenUp ?? '', least]
      const number = Number(await run(JOIN, [room, people(opening)], values))
      return number < 0 ? undefined : number
    },
    restore: async ({ version, state, issued, drawn }) => {
      const values = [version, JSON.stringify(state), openingOf(state), issued, drawn ?? '']
      return (await run(RESTORE, [room], values)) === 1
    },
  }
}

function sharedOf([now, version, state, issued, drawn, said]: [
  string,
  string,
  string,
  string,
  string,
  string[],
]): Shared {
  return {
    now: Number(now),
    version: Number(version),
    state: state === '' ? undefined : (JSON.parse(state) as RoomState),
    issued: Number(issued),
    drawn: drawn === '' ? undefined : Number(drawn),
    signals: worstOf(said),
  }
}

function worstOf(said: readonly string[]): Signals | undefined {
  if (said.length === 0) return undefined
  const all = said.map((text) => text.split(' ').slice(1).map(Number))
  const worst = SIGNALS.map((name, index) => [name, Math.max(...all.map((values) => values[index] ?? 0))])
  return Object.fromEntries(worst) as Signals
}
