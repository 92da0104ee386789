/**
 * The issuer's public keys.
 *
 *   empty ──fetch ok──▶ fresh ──unknown kid or a minute──▶ refreshing ──ok──▶ fresh
 *     ▲                                                        │
 *     └──── fetch fails, and there never was a key             └──fails──▶ stale: the old keys go on
 *
 * One fetch runs at a time. Keys the issuer no longer lists are dropped at the next successful fetch.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'

import type { Logger } from 'pino'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

import { CommonErrors, ProblemError } from './errors.ts'

export interface KeySetOptions<Key> {
  url: string
  /** Turns one P-256 public key (PEM) into whatever checks with it. */
  prepare: (pem: string, kid: string) => Key
  /** Called after the set has changed. */
  onChange: () => void
  logger: Logger
  /** Milliseconds between background refreshes. */
  refreshMs?: number
  /** Unknown key ids cause at most one fetch in this many milliseconds. */
  cooldownMs?: number
  fetchTimeoutMs?: number
  /** Tokens with unknown key ids that may wait for one fetch, as after a start in the morning storm. */
  maxWaiting?: number
}

const MAX_KEYS = 32

export class KeySet<Key> {
  readonly #options: Required<KeySetOptions<Key>>
  #keys = new Map<string, Key>()
  #fingerprint = ''
  #fetching: Promise<void> | undefined
  #lastEnd = -Infinity
  #waiting = 0
  #failed = false
  #timer: NodeJS.Timeout | undefined
  readonly #abort = new AbortController()

  constructor(options: KeySetOptions<Key>) {
    this.#options = {
      refreshMs: 60_000,
      cooldownMs: 1_000,
      fetchTimeoutMs: 5_000,
      maxWaiting: 20_000,
      ...options,
    }
  }

  /** The key, when it is known already. */
  get(kid: string): Key | undefined {
    return this.#keys.get(kid)
  }

  /** True when the last fetch failed, so an unknown key may be the issuer's newest. */
  get blind(): boolean {
    return this.#failed
  }

  /**
   * Looks for an unknown key at the issuer; undefined when the issuer does not have it or cannot be reached. Throws
   * UNAVAILABLE when too many wait: theirs may be the issuer's newest.
   */
  async find(kid: string): Promise<Key | undefined> {
    if (this.#waiting >= this.#options.maxWaiting)
      throw new ProblemError(CommonErrors.UNAVAILABLE, { headers: { 'retry-after': '2' } })
    this.#waiting += 1
    try {
      await this.#cooldown()
      if (!this.#keys.has(kid)) await this.refresh()
    } finally {
      this.#waiting -= 1
    }
    return this.#keys.get(kid)
  }

  /** Fetches the set; callers during a fetch share it. Never throws: failures are logged and the old keys stay. */
  async refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined
      this.#lastEnd = performance.now()
    })
    await this.#fetching
  }

  /** Fetches now, and again in the background: each minute, or soon after a failure. */
  start(): void {
    void this.refresh().finally(() => this.#schedule())
  }

  stop(): void {
    this.#abort.abort()
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    const { refreshMs, cooldownMs } = this.#options
    // Jitter keeps replicas that started together from asking together.
    const delay =
      (this.#failed ? Math.min(2 * cooldownMs, refreshMs) : refreshMs) * (0.8 + Math.random() * 0.4)
    if (this.#abort.signal.aborted) return
    this.#timer = setTimeout(() => this.start(), delay).unref()
  }

  /** A flood of made-up key ids must not become a flood of fetches, and a just-rotated key must not be refused. */
  async #cooldown(): Promise<void> {
    const wait = this.#lastEnd + this.#options.cooldownMs - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
  }

  async #fetch(): Promise<void> {
    try {
      const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#options.fetchTimeoutMs)])
      const response = await fetch(this.#options.url, { signal, redirect: 'error' })
      if (!response.ok) throw new Error(`the issuer answered ${response.status}`)
      this.#replace(await response.json())
      if (this.#failed) this.#options.logger.info('issuer keys are readable again')
      this.#failed = false
    } catch (error) {
      if (this.#abort.signal.aborted) return
      if (!this.#failed)
        this.#options.logger.warn({ err: error }, 'issuer keys cannot be read; known keys stay')
      this.#failed = true
    }
  }

  #replace(document: unknown): void {
    const jwks = usable(document)
    if (jwks.length === 0) throw new Error('the issuer lists no ES256 key')
    const fingerprint = JSON.stringify(jwks)
    if (fingerprint === this.#fingerprint) return

    const keys = new Map<string, Key>()
    for (const { kid, ...jwk } of jwks) {
      const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
      keys.set(kid, this.#options.prepare(pem.toString(), kid))
    }
    this.#keys = keys
    this.#fingerprint = fingerprint
    this.#options.onChange()
  }
}

function usable(document: unknown): (JsonWebKey & { kid: string })[] {
  const keys =
    typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined
  if (!Array.isArray(keys)) throw new Error('the issuer sent no key set')
  return keys.slice(0, MAX_KEYS).flatMap((key: unknown) => {
    if (!Value.Check(SigningKey, key)) return []
    const { kty, crv, x, y, kid } = key
    return [{ kty, crv, x, y, kid }]
  })
}

/** A P-256 key that is not said to be for something else than ES256. */
const SigningKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String(),
  y: Type.String(),
  kid: Type.String({ minLength: 1 }),
  use: Type.Optional(Type.Literal('sig')),
  alg: Type.Optional(Type.Literal('ES256')),
})
