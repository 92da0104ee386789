import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel'
import { type Dispatcher, interceptors, Pool, cacheStores } from 'undici'

import { type Failure, failureOf } from '../domain/failure.ts'

export interface ReplicaSettings {
  /** Longest wait for a connection, for the headers of an answer, and between two parts of its body; milliseconds. */
  connectTimeoutMs: number
  answerTimeoutMs: number
  /** Failures in a row that open the breaker. */
  failures: number
  /** How long it stays open before a probe may go through; milliseconds. */
  halfOpenAfterMs: number
  /** Connections to one replica. */
  connections: number
  /** Memory for answers that say they may be kept by anybody; bytes for each replica. */
  cacheBytes: number
}

/** Longest wait for the answer to a probe; milliseconds. */
const PROBE_TIMEOUT_MS = 1_000

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface ReplicaEvents {
  onState: (state: BreakerState) => void
  /** A call got no answer. */
  onFailure: (failure: Failure) => void
}

/** A probe that found nobody: told to the breaker, never to a client. */
class ProbeFailed extends Error {}

/**
 * One process of an upstream, with its own connections and its own breaker.
 *
 *            failures in a row, of calls or of probes
 *   closed ------------------------------------------> open
 *     ^                                               |   ^
 *     | probe answered                halfOpenAfterMs |   | probe failed
 *     +------------------- half-open <----------------+   |
 *                               +-------------------------+
 *
 * Only probes go through while it is half open: no client pays for finding out.
 */
export class Replica {
  readonly origin: string
  readonly #settings: ReplicaSettings
  readonly #events: ReplicaEvents
  readonly #pool: Pool
  readonly #dispatcher: Dispatcher
  readonly #breaker: CircuitBreakerPolicy
  #ready = true
  #openedAt = 0
  #leaving = false

  constructor(origin: string, settings: ReplicaSettings, events: ReplicaEvents) {
    this.origin = origin
    this.#settings = settings
    this.#events = events
    this.#pool = new Pool(origin, {
      connections: settings.connections,
      pipelining: 1,
      connect: { timeout: settings.connectTimeoutMs },
      headersTimeout: settings.answerTimeoutMs,
      bodyTimeout: settings.answerTimeoutMs,
    })
    this.#dispatcher = withCache(this.#pool, settings.cacheBytes)
    this.#breaker = circuitBreaker(
      handleWhen((error) => failureOf(error) !== 'gone'),
      { halfOpenAfter: settings.halfOpenAfterMs, breaker: new ConsecutiveBreaker(settings.failures) },
    )
    this.#breaker.onStateChange((state) => {
      if (state === CircuitState.Open) this.#openedAt = performance.now()
      events.onState(nameOf(state))
    })
  }

  get state(): BreakerState {
    return nameOf(this.#breaker.state)
  }

  /** False while the replica says that it is stopping or not ready; it is used only when all others are gone. */
  get ready(): boolean {
    return this.#ready
  }

  /** Seconds until the next probe, at least 1. */
  retryAfter(): number {
    const left = this.#openedAt + this.#settings.halfOpenAfterMs - performance.now()
    return Math.max(1, Math.ceil(left / 1_000))
  }

  /** Sends a request. Throws BrokenCircuitError when the breaker is not closed, or undici's error. */
  async request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    return this.run(() => this.#dispatcher.request(options))
  }

  /** Runs a call to the replica under its breaker. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#breaker.state !== CircuitState.Closed) throw new BrokenCircuitError()
    return this.#breaker.execute(async () => {
      try {
        return await call()
      } catch (error) {
        this.#events.onFailure(failureOf(error))
        throw error
      }
    })
  }

  /**
   * Asks whether the replica is there, and again at once when it is not, until the breaker opens. A good answer closes
   * a half-open breaker but does not make up for calls that fail: a process may be alive and its work stuck.
   */
  async probe(): Promise<void> {
    if (this.#breaker.state !== CircuitState.Closed) {
      await this.#breaker.execute(async () => this.#assertAlive()).catch(() => undefined)
    }
    while (!this.#leaving && this.#breaker.state === CircuitState.Closed && !(await this.#isAlive())) {
      await this.#breaker.execute(fail).catch(() => undefined)
    }
  }

  /** Asks whether the replica takes new work; one that does not say keeps what it said before. */
  async checkReadiness(): Promise<void> {
    const status = await this.#ask('/readyz')
    if (status !== undefined) this.#ready = status !== 503
  }

  /** Takes nothing new; resolves when what is under way has ended. */
  async drain(): Promise<void> {
    this.#leaving = true
    await this.#pool.close()
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    this.#leaving = true
    await this.#pool.destroy()
  }

  async #assertAlive(): Promise<void> {
    if (!(await this.#isAlive())) throw new ProbeFailed()
  }

  /** Any answer will do. */
  async #isAlive(): Promise<boolean> {
    return (await this.#ask('/livez')) !== undefined
  }

  async #ask(path: string): Promise<number | undefined> {
    try {
      const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
      const { statusCode, body } = await this.#pool.request({ method: 'GET', path, signal })
      await body.dump()
      return statusCode
    } catch {
      return undefined
    }
  }
}

async function fail(): Promise<never> {
  throw new ProbeFailed()
}

/** Keeps answers as RFC 9111 allows a shared cache: only what upstreams mark as fresh, and never what is private. */
function withCache(pool: Pool, bytes: number): Dispatcher {
  if (bytes === 0) return pool
  const store = new cacheStores.MemoryCacheStore({ maxSize: bytes, maxEntrySize: Math.ceil(bytes / 8) })
  return pool.compose(interceptors.cache({ store, methods: ['GET'] }))
}

function nameOf(state: CircuitState): BreakerState {
  switch (state) {
    case CircuitState.Closed:
      return 'closed'
    case CircuitState.HalfOpen:
      return 'half-open'
    default:
      return 'open'
  }
}
