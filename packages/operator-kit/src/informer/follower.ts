import { Backoff } from '../backoff.ts'
import type { Wire } from '../client/call.ts'
import { withDeadline } from '../client/deadline.ts'
import { listAll } from '../client/list.ts'
import { openWatch, type WatchEvent } from '../client/watch.ts'
import { pause } from '../clock.ts'
import { ApiError, isGone, messageOf } from '../errors.ts'
import { describe } from '../resource.ts'
import { isAborted, linkSignal, nothing } from '../signals.ts'
import type { ObjectList } from '../types/client.ts'
import type { Random } from '../types/clock.ts'
import type { InformerHealth, InformerScope, InformerTiming } from '../types/informer.ts'
import type { KubeObject, Resource } from '../types/object.ts'

/** A watch that ended sooner is a failure, even if it ended politely: a proxy may be closing each at once. */
const SHORT_WATCH_MS = 5_000

/** Refusals in a row at one resource version after which the way on is a list. */
const REFUSALS_BEFORE_LIST = 2

/** The longest silence of a list grows up to so many times: a slow server gets slower when it is asked more often. */
const MOST_PATIENCE = 4

export interface FollowerOptions<T extends KubeObject> {
  wire: Wire
  random: Random
  resource: Resource<T>
  scope: InformerScope<T>
  timing: Required<InformerTiming>
  onList: (list: ObjectList<T>) => void
  onEvent: (event: WatchEvent<T>) => void
  /** Told of each failure, with how long it will wait. */
  onFailure: (error: unknown, delayMs: number) => void
}

/**
 * Lists, then watches, for ever:
 *
 * ```
 *             ┌──────────── version lost (410, refused twice) ◀───────────┐
 *             ▼                                                           │
 *  start ─▶ listing ──▶ connecting ──▶ watching ── silent, or ended late ─┼──▶ connecting, at once
 *             │             │             │                               │
 *             └─── failed ──┴─────────────┴──▶ waiting (back-off, Retry-After) ──▶ listing or connecting
 * ```
 */
export class Follower<T extends KubeObject> {
  readonly #options: FollowerOptions<T>
  readonly #backoff: Backoff
  #state: InformerHealth['state'] = 'stopped'
  #version: string | undefined
  #enteredAt: number
  #lastSaid: number
  #lastError: string | undefined
  #refusals = 0
  /** The last failure was that of an expired version. */
  #expired = false
  /** Lists in a row that made no progress. */
  #slowLists = 0
  /** Counts connections, so that others can tell whether it is still the same one. */
  #generation = 0
  #restart: (reason: unknown) => void = nothing

  constructor(options: FollowerOptions<T>) {
    this.#options = options
    this.#backoff = new Backoff(options.timing.backoffMs, options.random)
    this.#lastSaid = options.wire.clock.monotonic()
    this.#enteredAt = this.#lastSaid
  }

  get state(): InformerHealth['state'] {
    return this.#state
  }

  get stateForMs(): number {
    return this.#options.wire.clock.monotonic() - this.#enteredAt
  }

  get failures(): number {
    return this.#backoff.failures
  }

  get lastError(): string | undefined {
    return this.#lastError
  }

  get silentForMs(): number {
    return this.#options.wire.clock.monotonic() - this.#lastSaid
  }

  /** The number of the present connection; undefined while there is none. */
  get connection(): number | undefined {
    return this.#state === 'watching' ? this.#generation : undefined
  }

  /** Drops the connection and watches on from `version`, at once. */
  watchFrom(version: string): void {
    this.#version = version
    this.#restart(new Superseded())
  }

  /** The whole list, given up when it makes no progress. */
  async list(signal: AbortSignal): Promise<ObjectList<T>> {
    const { wire, resource, scope, timing } = this.#options
    const timeoutMs = timing.listSilenceMs * Math.min(MOST_PATIENCE, 2 ** this.#slowLists)
    const { namespace = '', labelSelector, fieldSelector } = scope
    const selection = {
      namespace,
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    }
    const patience = { pageSize: timing.pageSize, timeoutMs, untilSilent: true, signal }
    try {
      const list = await listAll(wire, { ...selection, ...patience, resource })
      this.#slowLists = 0
      return list
    } catch (error) {
      if (isSilence(error)) this.#slowLists += 1
      throw error
    }
  }

  /** Follows until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#step(signal)
      } catch (error) {
        if (!isAborted(signal)) await this.#recover(error, signal)
      }
    }
    this.#enter('stopped')
    this.#version = undefined
  }

  async #step(signal: AbortSignal): Promise<void> {
    if (this.#version === undefined) {
      this.#enter('listing')
      const list = await this.list(signal)
      this.#heard()
      this.#version = list.resourceVersion
      this.#options.onList(list)
    }
    await this.#watch(this.#version, signal)
  }

  /** Resolves when the watch ended as it should. */
  async #watch(version: string, signal: AbortSignal): Promise<void> {
    this.#enter('connecting')
    using link = linkSignal(signal)
    this.#restart = link.abort
    const started = this.#options.wire.clock.monotonic()
    try {
      await this.#read(version, link.signal)
    } catch (error) {
      if (error instanceof Superseded) return
      if (!isSilence(error) || this.connection === undefined) throw error
      // Nothing was heard on an open connection: quiet, or dead. Either way the next one goes on where this one was.
    }
    if (this.#options.wire.clock.monotonic() - started < SHORT_WATCH_MS) throw new ShortWatch()
    this.#succeeded()
  }

  async #read(version: string, signal: AbortSignal): Promise<void> {
    const { wire, resource, scope, timing, random } = this.#options
    const { namespace, labelSelector, fieldSelector } = scope
    // 5 to 10 minutes, as client-go has it, so that watches spread over the servers.
    const timeoutSeconds = Math.round(300 * (1 + random()))
    const selection = { resource, namespace, labelSelector, fieldSelector, timeoutSeconds }
    const deadline = {
      clock: wire.clock,
      ms: timing.listSilenceMs,
      signal,
      what: `watch ${describe(resource)}`,
    }
    await withDeadline(deadline, async (within, progress) => {
      const request = { ...selection, resourceVersion: version, signal: within }
      const events = await openWatch(wire, request, progress)
      progress(timing.silenceMs)
      this.#heard()
      this.#generation += 1
      this.#enter('watching')
      for await (const event of events) {
        within.throwIfAborted()
        this.#take(event)
      }
    })
  }

  #take(event: WatchEvent<T>): void {
    this.#heard()
    this.#succeeded()
    if (event.type === 'BOOKMARK') this.#version = event.resourceVersion
    else this.#version = event.object.metadata.resourceVersion
    this.#options.onEvent(event)
  }

  #enter(state: InformerHealth['state']): void {
    this.#state = state
    this.#enteredAt = this.#options.wire.clock.monotonic()
  }

  #heard(): void {
    this.#lastSaid = this.#options.wire.clock.monotonic()
  }

  #succeeded(): void {
    this.#backoff.reset()
    this.#refusals = 0
    this.#lastError = undefined
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const expiredAgain = this.#expired
    this.#expired = isGone(error)
    this.#lastError = messageOf(error)
    this.#judge(error)
    const asked = error instanceof ApiError ? error.retryAfterMs : undefined
    const delayMs = this.#backoff.next(asked)
    // An expired version is no sign of trouble, and all the same after an outage: the list is read at once.
    const wait = this.#expired && !expiredAgain ? 0 : delayMs
    this.#enter('waiting')
    this.#options.onFailure(error, wait)
    if (wait > 0) await pause(this.#options.wire.clock, wait, signal)
  }

  /** Decides whether the version can still be gone on from. */
  #judge(error: unknown): void {
    if (isGone(error)) this.#version = undefined
    if (!(error instanceof ApiError) || error.status === 429) return
    if (error.code !== 'OPERATOR_API' && error.code !== 'OPERATOR_BAD_RESPONSE') return
    this.#refusals += 1
    if (this.#refusals < REFUSALS_BEFORE_LIST) return
    this.#refusals = 0
    this.#version = undefined
  }
}

const isSilence = (error: unknown) => error instanceof ApiError && error.code === 'OPERATOR_TIMEOUT'

/** The connection was dropped on purpose. */
class Superseded extends Error {}

class ShortWatch extends Error {
  constructor() {
    super('The watch was closed as soon as it was open')
  }
}
