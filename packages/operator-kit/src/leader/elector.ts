import type { Registry } from 'prom-client'

import { pause, systemClock } from '../clock.ts'
import { isAlreadyExists, isConflict, isNotFound, LeadershipLostError, OperatorError } from '../errors.ts'
import { silent } from '../log.ts'
import { metricsIn, type KitMetrics } from '../metrics.ts'
import { formatKey } from '../resource.ts'
import { isAborted, linkSignal, nothing } from '../signals.ts'
import type { CallOptions } from '../types/client.ts'
import type { Cancel, Clock, Log, Random } from '../types/clock.ts'
import type { LeaderElector, LeaderLoss, LeaderOptions, LeaderTiming } from '../types/leader.ts'
import { type Lease, leases, type LeaseSpec, microTime, Observation } from './lease.ts'
import { checkTiming } from './timing.ts'

/** Candidates that wait for the same moment come up to so much later than it, so that they do not all collide. */
const EXPIRY_SPREAD_MS = 100

/** Leadership while it lasts. */
interface Term {
  readonly ending: AbortController
  readonly over: PromiseWithResolvers<LeaderLoss>
  /** When the last renewal that succeeded was sent: the server cannot have counted from earlier. */
  renewedAt: number
  /** The same by the wall clock, which runs on while the machine sleeps. */
  renewedAtWall: number
  cancelDeadline: Cancel
}

/**
 * ```
 *  run() ─▶ candidate ──── lease free, released or expired, and written ────▶ leading ──▶ released   (stop)
 *            │    ▲                                                             │
 *            └────┘ held by another: look again                                 ├──▶ lost: deadline  (not renewed in time)
 *                                                                               └──▶ lost: taken     (another holds it)
 * ```
 * The rules are those of client-go's tools/leaderelection. Every write carries the resourceVersion it was decided on.
 */
class LeaseElector implements LeaderElector {
  readonly identity: string
  readonly #options: LeaderOptions
  readonly #timing: Required<LeaderTiming>
  readonly #clock: Clock
  readonly #random: Random
  readonly #log: Log
  readonly #metrics: KitMetrics
  readonly #seen: Observation
  readonly #stopping = new AbortController()
  #term: Term | undefined
  #reported: string | undefined
  #run: Promise<void> | undefined

  constructor(options: LeaderOptions & { registry?: Registry }) {
    const { identity, registry, clock = systemClock, random = Math.random, log = silent } = options
    if (identity === '') throw new OperatorError('OPERATOR_MISUSE', 'A candidate needs an identity')
    this.identity = identity
    this.#options = options
    this.#timing = checkTiming(options)
    this.#clock = clock
    this.#random = random
    this.#log = log
    this.#metrics = metricsIn(registry)
    this.#seen = new Observation(clock)
    this.#metrics.leading.set({ name: this.#name }, 0)
  }

  get #name(): string {
    return formatKey(this.#options.lease)
  }

  get observedLeader(): string | undefined {
    return this.#seen.holder
  }

  isLeader(): boolean {
    return this.#term !== undefined && !this.#isOverdue(this.#term)
  }

  assertLeading(): void {
    if (this.isLeader()) return
    // The timer of the deadline may be late when the process was paused; whoever asks first ends the term.
    this.#end('deadline')
    throw new LeadershipLostError()
  }

  async run(): Promise<void> {
    this.#run ??= this.#campaignAndLead()
    return this.#run
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#run?.catch(nothing)
  }

  async #campaignAndLead(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const sentAt = this.#clock.monotonic()
      // Not given up by a stop: a write under way must be known of, or the lease would stay held for nobody.
      if (await this.#tryToAcquire()) {
        return isAborted(this.#stopping.signal) ? this.#release() : this.#lead(sentAt)
      }
      await pause(this.#clock, this.#campaignWait(), this.#stopping.signal)
    }
  }

  /** Until the next look; no later than when the present lease runs out. */
  #campaignWait(): number {
    const usual = this.#timing.retryPeriodMs * (0.6 + 0.3 * this.#random())
    const expiresIn = this.#seen.expiresInMs
    if (expiresIn <= 0) return usual
    return Math.min(usual, expiresIn + this.#random() * EXPIRY_SPREAD_MS)
  }

  async #lead(sentAt: number): Promise<void> {
    const term: Term = {
      ending: new AbortController(),
      over: Promise.withResolvers(),
      renewedAt: sentAt,
      renewedAtWall: this.#clock.now() - (this.#clock.monotonic() - sentAt),
      cancelDeadline: nothing,
    }
    this.#term = term
    this.#planDeadline(term)
    this.#metrics.leading.set({ name: this.#name }, 1)
    this.#log.info({ lease: this.#name, identity: this.identity }, 'Became leader')
    this.#options.onStartedLeading?.(term.ending.signal)
    void this.#keepRenewing(term)
    const loss = await term.over.promise
    if (loss === 'released') await this.#release()
    this.#options.onStoppedLeading?.(loss)
    if (loss !== 'released') throw new LeadershipLostError(`Lost the lease ${this.#name}: ${loss}`)
  }

  async #keepRenewing(term: Term): Promise<void> {
    const { signal } = term.ending
    while (this.#term === term) {
      // A stop ends the wait but not a renewal under way: what it wrote must be known before the lease is released.
      using either = linkSignal(this.#stopping.signal, signal)
      await pause(this.#clock, this.#timing.retryPeriodMs, either.signal)
      if (this.#stopping.signal.aborted) return this.#end('released')
      if (this.#term === term) await this.#renew(term)
    }
  }

  async #renew(term: Term): Promise<void> {
    const sentAt = this.#clock.monotonic()
    const sentAtWall = this.#clock.now()
    const renewed = await this.#tryToRenew(term.ending.signal)
    if (this.#term !== term) return
    if (renewed) {
      Object.assign(term, { renewedAt: sentAt, renewedAtWall: sentAtWall })
      this.#planDeadline(term)
    } else if (this.#seen.holder !== this.identity) this.#end('taken')
  }

  #planDeadline(term: Term): void {
    term.cancelDeadline()
    const left = term.renewedAt + this.#timing.renewDeadlineMs - this.#clock.monotonic()
    term.cancelDeadline = this.#clock.after(Math.max(0, left), () => this.#end('deadline'))
  }

  #isOverdue({ renewedAt, renewedAtWall }: Term): boolean {
    const { renewDeadlineMs, leaseDurationMs } = this.#timing
    if (this.#clock.monotonic() - renewedAt >= renewDeadlineMs) return true
    return this.#clock.now() - renewedAtWall >= leaseDurationMs
  }

  /** From here on nothing is written any more: the guard refuses, and what is under way is given up. */
  #end(loss: LeaderLoss): void {
    const term = this.#term
    if (term === undefined) return
    this.#term = undefined
    term.cancelDeadline()
    this.#metrics.leading.set({ name: this.#name }, 0)
    this.#log[loss === 'released' ? 'info' : 'error']({ lease: this.#name, loss }, 'Stopped leading')
    term.ending.abort(new LeadershipLostError())
    term.over.resolve(loss)
  }

  async #tryToAcquire(): Promise<boolean> {
    try {
      return await this.#acquire()
    } catch (error) {
      return this.#attemptFailed(error)
    } finally {
      this.#reportLeader()
    }
  }

  /** False when it could not be done now; then {@link Observation.holder} tells whether it ever can. */
  async #tryToRenew(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#write(this.#seen.lease, signal)
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) return this.#attemptFailed(error, signal)
    }
    // Somebody has written or deleted it: look at what it says before giving up.
    try {
      return await this.#acquire(signal)
    } catch (error) {
      return this.#attemptFailed(error, signal)
    } finally {
      this.#reportLeader()
    }
  }

  #attemptFailed(error: unknown, signal?: AbortSignal): false {
    if (signal?.aborted !== true) {
      this.#log.warn({ lease: this.#name, err: error }, 'Could not read or write the lease')
    }
    return false
  }

  /** Reads the lease and takes it if that is allowed. */
  async #acquire(signal?: AbortSignal): Promise<boolean> {
    const { client, lease: key } = this.#options
    const found = await client.find(leases, key, this.#call(signal))
    if (found === undefined) return this.#write(undefined, signal)
    this.#seen.see(found)
    const mine = this.#seen.holder === this.identity
    if (!mine && this.#seen.expiresInMs > 0) return false
    return this.#write(found, signal)
  }

  /** Writes this identity into the lease as it was seen. @throws ApiError with 409 when it has changed since. */
  async #write(seen: Lease | undefined, signal?: AbortSignal): Promise<boolean> {
    const { client, lease: key } = this.#options
    const call = this.#call(signal)
    const spec = this.#claim(seen?.spec)
    if (seen !== undefined) {
      this.#seen.see(await client.update(leases, { ...seen, spec }, call))
      return true
    }
    try {
      this.#seen.see(await client.create(leases, { metadata: { ...key }, spec }, call))
      return true
    } catch (error) {
      if (isAlreadyExists(error)) return false
      throw error
    }
  }

  #claim(seen: LeaseSpec | undefined): LeaseSpec {
    const now = microTime(this.#clock.now())
    const mine = seen?.holderIdentity === this.identity
    const transitions = seen?.leaseTransitions ?? 0
    return {
      ...seen,
      holderIdentity: this.identity,
      leaseDurationSeconds: this.#timing.leaseDurationMs / 1_000,
      acquireTime: mine ? (seen.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: mine || seen === undefined ? transitions : transitions + 1,
    }
  }

  /** So the next candidate need not wait. Best effort: without it the lease runs out by itself. */
  async #release(): Promise<void> {
    const { client } = this.#options
    const seen = this.#seen.lease
    if (seen === undefined) return
    const now = microTime(this.#clock.now())
    // One second, as client-go has it: no server takes zero.
    const spec = {
      ...seen.spec,
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: now,
      acquireTime: now,
    }
    try {
      this.#seen.see(await client.update(leases, { ...seen, spec }, this.#call()))
      this.#log.info({ lease: this.#name }, 'Released the lease')
    } catch (error) {
      this.#attemptFailed(error)
    }
  }

  /** One request may take half the deadline, so that there is time for another. */
  #call(signal?: AbortSignal): CallOptions {
    return { timeoutMs: this.#timing.renewDeadlineMs / 2, ...(signal !== undefined && { signal }) }
  }

  #reportLeader(): void {
    const { holder } = this.#seen
    if (holder === this.#reported) return
    this.#reported = holder
    if (holder !== undefined) this.#options.onNewLeader?.(holder)
  }
}

/** A candidate for a Lease; see {@link LeaderElector}. */
export function createLeaderElector(options: LeaderOptions & { registry?: Registry }): LeaderElector {
  return new LeaseElector(options)
}
