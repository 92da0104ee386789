import type { Registry } from 'prom-client'

import { ApiError, isConflict, OperatorError, TerminalError } from '../errors.ts'
import { metricsIn, type KitMetrics } from '../metrics.ts'
import { createWorkQueue } from '../queue/work-queue.ts'
import { formatKey, parseKey } from '../resource.ts'
import { linkSignal, nothing } from '../signals.ts'
import type { Cancel, Clock, Log } from '../types/clock.ts'
import type { Controller, ControllerOptions, Result } from '../types/controller.ts'
import type { ObjectKey } from '../types/object.ts'
import type { WorkQueue } from '../types/queue.ts'

export interface ControllerContext {
  clock: Clock
  log: Log
  registry: Registry
}

/** Thrown by the language, not by a failed call: only a change of the program helps. */
function isBug(error: unknown): boolean {
  if (!(error instanceof Error)) return true
  const kinds = [TypeError, ReferenceError, RangeError, SyntaxError]
  // fetch() says TypeError when the network fails, and then names a cause.
  return kinds.some((kind) => error instanceof kind) && error.cause === undefined
}

/** Sources → queue → reconcile, with at most `maxConcurrent` at a time and never two for one key. */
export class QueueController implements Controller {
  readonly name: string
  readonly #options: ControllerOptions
  readonly #context: ControllerContext
  readonly #metrics: KitMetrics
  readonly #queue: WorkQueue

  constructor(options: ControllerOptions, context: ControllerContext) {
    const { name, maxConcurrent = 1 } = options
    if (!Number.isInteger(maxConcurrent) || maxConcurrent < 1) {
      throw new OperatorError('OPERATOR_MISUSE', `${name}: maxConcurrent must be a whole number above 0`)
    }
    this.name = name
    this.#options = { ...options, maxConcurrent }
    this.#context = context
    this.#metrics = metricsIn(context.registry)
    const { clock, registry } = context
    this.#queue = createWorkQueue({ ...options.queue, name, clock, registry })
    this.#zero(maxConcurrent)
  }

  enqueue(key: ObjectKey): void {
    this.#queue.add(formatKey(key))
  }

  enqueueAfter(key: ObjectKey, ms: number): void {
    this.#queue.addAfter(formatKey(key), ms)
  }

  /**
   * Works until `stop` is aborted, and then finishes what is in work; `abort` asks that to end. Keys that still wait are
   * left: whoever leads next reconciles every object anyway.
   */
  async run(stop: AbortSignal, abort: AbortSignal): Promise<void> {
    const unbind = this.#options.sources.map((source) =>
      source.informer.onEvent((event) => {
        for (const key of source.toKeys(event)) this.enqueue(key)
      }),
    )
    const workers = Array.from({ length: this.#options.maxConcurrent ?? 1 }, async () =>
      this.#work(stop, abort),
    )
    try {
      await Promise.all(workers)
    } finally {
      for (const off of unbind) off()
      this.#queue.shutDown()
    }
  }

  async #work(stop: AbortSignal, abort: AbortSignal): Promise<void> {
    for (;;) {
      const id = await this.#queue.take(stop)
      if (id === undefined) return
      await this.#reconcile(id, abort)
      this.#queue.done(id)
    }
  }

  async #reconcile(id: string, abort: AbortSignal): Promise<void> {
    const labels = { controller: this.name }
    const { clock } = this.#context
    const started = clock.monotonic()
    this.#metrics.activeWorkers.inc(labels)
    using link = linkSignal(abort)
    const cancel = this.#limit(link.abort)
    try {
      this.#succeeded(id, (await this.#options.reconcile(parseKey(id), link.signal)) ?? {})
    } catch (error) {
      if (abort.aborted) this.#count('aborted')
      else this.#failed(id, error)
    } finally {
      cancel()
      this.#metrics.activeWorkers.dec(labels)
      this.#metrics.reconcileTime.observe(labels, (clock.monotonic() - started) / 1_000)
    }
  }

  /** Plans the abort of a reconcile that takes too long. */
  #limit(abort: (reason: unknown) => void): Cancel {
    const { timeoutMs } = this.#options
    if (timeoutMs === undefined) return nothing
    return this.#context.clock.after(timeoutMs, () => {
      this.#metrics.timeouts.inc({ controller: this.name })
      abort(new OperatorError('OPERATOR_TIMEOUT', `${this.name}: a reconcile took over ${timeoutMs} ms`))
    })
  }

  #succeeded(id: string, { requeueAfterMs }: Result): void {
    this.#queue.forget(id)
    this.#count(requeueAfterMs === undefined ? 'success' : 'requeue_after')
    if (requeueAfterMs !== undefined) this.#queue.addAfter(id, requeueAfterMs)
  }

  #failed(id: string, error: unknown): void {
    this.#count('error')
    this.#metrics.reconcileErrors.inc({ controller: this.name })
    this.#report(id, error)
    if (error instanceof TerminalError) {
      this.#metrics.terminalErrors.inc({ controller: this.name })
      this.#queue.forget(id)
      return
    }
    if (isBug(error)) this.#metrics.panics.inc({ controller: this.name })
    this.#queue.addRateLimited(id, error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0)
  }

  #report(id: string, error: unknown): void {
    const fields = { controller: this.name, object: id, retries: this.#queue.retries(id), err: error }
    // To meet a change made meanwhile is everyday life of a controller: it reads again.
    if (isConflict(error)) this.#context.log.debug(fields, 'Reconcile met a conflict')
    else this.#context.log.error(fields, 'Reconcile failed')
  }

  #count(result: 'success' | 'requeue_after' | 'error' | 'aborted'): void {
    this.#metrics.reconciles.inc({ controller: this.name, result })
  }

  /** Series exist from the start, so that rate() sees the first failure. */
  #zero(maxConcurrent: number): void {
    const labels = { controller: this.name }
    for (const result of ['success', 'requeue_after', 'requeue', 'error']) {
      this.#metrics.reconciles.inc({ ...labels, result }, 0)
    }
    const { reconcileErrors, terminalErrors, panics, timeouts } = this.#metrics
    for (const counter of [reconcileErrors, terminalErrors, panics, timeouts]) counter.inc(labels, 0)
    this.#metrics.activeWorkers.set(labels, 0)
    this.#metrics.maxConcurrent.set(labels, maxConcurrent)
  }
}
