/**
 * Fixed windows of one minute. Each replica counts in memory and decides at once; ten times a second it adds what it
 * counted to a hash in Redis and learns the total of all replicas. So no request waits for Redis, replicas share a
 * limit within that lag, and while Redis is away each replica counts alone.
 */
import type { Logger } from 'pino'
import type { RedisClientType } from 'redis'

const WINDOW_MS = 60_000
/** Callers told apart in one window; beyond it they share one count. */
const MAX_ENTRIES = 100_000
const CHUNK = 1_000

const FOLD = `
local totals = {}
for i = 2, #ARGV, 2 do
  totals[i / 2] = redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return totals`

interface Entry {
  key: string
  /** What Redis last said that all replicas have counted, this one included. */
  shared: number
  /** On its way to Redis. */
  sent: number
  /** Counted here since. */
  pending: number
}

export interface RateLimiterOptions {
  service: string
  logger: Logger
  redis?: RedisClientType | undefined
  /** Milliseconds between two folds into Redis. */
  foldMs?: number
  clock?: () => number
}

export class RateLimiter {
  readonly #options: RateLimiterOptions & { foldMs: number; clock: () => number }
  #window = -1
  #entries = new Map<string, Entry>()
  #changed: Entry[] = []
  #timer: NodeJS.Timeout | undefined
  #folding = false
  #failed = false
  #stopped = false

  constructor(options: RateLimiterOptions) {
    this.#options = { foldMs: 100, clock: Date.now, ...options }
  }

  /** Counts one request. Returns how many more the caller may send in this window, or -1: refuse this one. */
  take(key: string, limit: number): number {
    this.#roll()
    const entry = this.#entryOf(key)
    const left = limit - entry.shared - entry.sent - entry.pending - 1
    if (left < 0) return -1
    if (entry.pending === 0) this.#note(entry)
    entry.pending += 1
    return left
  }

  /** Whole seconds until the counts start anew, at least 1. */
  secondsLeft(): number {
    return Math.ceil((WINDOW_MS - (this.#options.clock() % WINDOW_MS)) / 1_000)
  }

  /** Adds what was counted to Redis and takes over the totals. */
  async fold(): Promise<void> {
    const { redis } = this.#options
    if (redis?.isReady !== true || this.#folding) return
    this.#folding = true
    try {
      while (this.#changed.length > 0) await this.#foldChunk(redis, this.#changed.splice(0, CHUNK))
      if (this.#failed) this.#options.logger.info('rate limits are shared again')
      this.#failed = false
    } catch (error) {
      if (!this.#failed) this.#options.logger.warn({ err: error }, 'rate limits are counted locally')
      this.#failed = true
    } finally {
      this.#folding = false
    }
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #foldChunk(redis: RedisClientType, entries: Entry[]): Promise<void> {
    const window = this.#window
    const fields: string[] = []
    for (const entry of entries) {
      entry.sent = entry.pending
      entry.pending = 0
      fields.push(entry.key, String(entry.sent))
    }
    try {
      const totals = (await redis.eval(FOLD, {
        keys: [`{rate:${this.#options.service}}:${window}`],
        arguments: [String(2 * WINDOW_MS), ...fields],
      })) as number[]
      for (const [i, entry] of entries.entries()) entry.shared = totals[i] ?? entry.shared + entry.sent
    } catch (error) {
      this.#giveBack(window, entries)
      throw error
    } finally {
      for (const entry of entries) entry.sent = 0
    }
  }

  /** What did not reach Redis is counted again at the next fold. */
  #giveBack(window: number, entries: Entry[]): void {
    if (window !== this.#window) return
    for (const entry of entries) {
      if (entry.pending === 0) this.#changed.push(entry)
      entry.pending += entry.sent
    }
  }

  #roll(): void {
    const window = Math.floor(this.#options.clock() / WINDOW_MS)
    if (window === this.#window) return
    this.#window = window
    this.#entries = new Map()
    this.#changed = []
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    if (this.#entries.size >= MAX_ENTRIES && key !== 'overflow') return this.#entryOf('overflow')
    const entry = { key, shared: 0, sent: 0, pending: 0 }
    this.#entries.set(key, entry)
    return entry
  }

  #note(entry: Entry): void {
    const { redis, foldMs } = this.#options
    if (redis === undefined || this.#stopped) return
    this.#changed.push(entry)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.fold()
    }, foldMs).unref()
  }
}

/** One key for each IPv4 address, and for each IPv6 /64: a single user owns that many. */
export function addressKey(ip: string): string {
  const address = ip.startsWith('::ffff:') ? ip.slice(7) : ip
  if (!address.includes(':')) return `ip:${address}`
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const prefix = [...groups, ...Array.from({ length: Math.max(missing, 0) }, () => '0')].slice(0, 4)
  return `ip:${prefix.join(':')}::/64`
}
