import type { Registry } from 'prom-client'

import { systemClock } from '../clock.ts'
import { isNotFound } from '../errors.ts'
import { silent } from '../log.ts'
import { metricsIn, type KitMetrics } from '../metrics.ts'
import { TokenBucket } from '../queue/rate-limits.ts'
import { microTime } from '../leader/lease.ts'
import type { KubeClient } from '../types/client.ts'
import type { Clock, Log, Random } from '../types/clock.ts'
import type { EventNote, EventRecorder, Regarding } from '../types/events.ts'
import type { ObjectKey } from '../types/object.ts'
import { eventFrom, events, identityOf, namespaceOf, type Reporter } from './event.ts'

/** An event said again within so long of the last time continues its series, as in client-go. */
const SERIES_MS = 360_000

/** A series is written at most so often; in between it is only counted. */
const SERIES_WRITE_MS = 10_000

/** Different events of one object: so many at once, then one each 12 s. */
const OBJECT_BURST = 25
const OBJECT_PER_SECOND = 1 / 12

/** Beyond this many writes waiting, events are dropped: the API server is in worse trouble than they tell of. */
const MOST_WAITING = 1_000

export interface RecorderOptions {
  client: KubeClient
  reporter: Reporter
  registry?: Registry
  clock?: Clock
  random?: Random
  log?: Log
}

interface Series {
  readonly identity: string
  readonly key: ObjectKey
  count: number
  lastAt: number
  /** The count as written; the first event is written without a series. */
  written: number
  planned: boolean
}

class SeriesRecorder implements EventRecorder {
  readonly #client: KubeClient
  readonly #reporter: Reporter
  readonly #metrics: KitMetrics
  readonly #clock: Clock
  readonly #random: Random
  readonly #log: Log
  readonly #series = new Map<string, Series>()
  readonly #buckets = new Map<string, TokenBucket>()
  /** Writes go one after the other, so that a series is never patched before it is there. */
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #sweptAt: number

  constructor(options: RecorderOptions) {
    const { clock = systemClock, random = Math.random, log = silent } = options
    this.#client = options.client
    this.#reporter = options.reporter
    this.#metrics = metricsIn(options.registry)
    this.#clock = clock
    this.#random = random
    this.#log = log
    this.#sweptAt = clock.monotonic()
  }

  record(regarding: Regarding, note: EventNote): void {
    this.#sweep()
    const identity = identityOf(regarding, note)
    const known = this.#series.get(identity)
    if (known !== undefined) return this.#again(known)
    if (this.#waiting >= MOST_WAITING || !this.#bucketOf(regarding).tryTake()) return this.#count('dropped')
    this.#create(identity, regarding, note)
  }

  async flush(): Promise<void> {
    for (const series of this.#series.values()) if (series.planned) this.#writeSeries(series)
    await this.#last
  }

  #create(identity: string, regarding: Regarding, note: EventNote): void {
    const now = this.#clock.now()
    const suffix = `${now.toString(16)}${Math.floor(this.#random() * 2 ** 24)
      .toString(16)
      .padStart(6, '0')}`
    const event = eventFrom({ regarding, note, reporter: this.#reporter, now, suffix })
    const key = { namespace: namespaceOf(regarding), name: event.metadata.name }
    const lastAt = this.#clock.monotonic()
    const series: Series = { identity, key, count: 1, lastAt, written: 1, planned: false }
    this.#series.set(identity, series)
    this.#enqueue(async () => {
      await this.#client.create(events, event).catch((error: unknown) => this.#forget(series, error))
      this.#count('created')
    })
  }

  #again(series: Series): void {
    series.count += 1
    series.lastAt = this.#clock.monotonic()
    this.#count('counted')
    if (series.planned) return
    series.planned = true
    this.#clock.after(SERIES_WRITE_MS, () => this.#writeSeries(series))
  }

  #writeSeries(series: Series): void {
    if (!series.planned || !this.#isKnown(series)) return
    series.planned = false
    if (series.count === series.written) return
    series.written = series.count
    const patch = { series: { count: series.count, lastObservedTime: microTime(this.#clock.now()) } }
    this.#enqueue(async () => {
      // Forgotten since: there is nothing to patch.
      if (!this.#isKnown(series)) return
      await this.#client.patch(events, series.key, patch).catch((error: unknown) => {
        if (isNotFound(error)) this.#forget(series, error)
        throw error
      })
    })
  }

  readonly #isKnown = (series: Series) => this.#series.get(series.identity) === series

  /** There is no such event: said again, it is written anew. */
  #forget(series: Series, error: unknown): never {
    if (this.#isKnown(series)) this.#series.delete(series.identity)
    throw error
  }

  #enqueue(write: () => Promise<void>): void {
    this.#waiting += 1
    this.#last = this.#last.then(write).then(
      () => {
        this.#waiting -= 1
      },
      (error: unknown) => {
        this.#waiting -= 1
        this.#count('failed')
        // Gone: its namespace is being deleted, or the server has let an old event go.
        this.#log[isNotFound(error) ? 'debug' : 'warn']({ err: error }, 'Could not write an event')
      },
    )
  }

  #bucketOf({ kind, metadata }: Regarding): TokenBucket {
    const about = [kind, metadata.namespace ?? '', metadata.name].join('/')
    const found = this.#buckets.get(about)
    if (found !== undefined) return found
    const bucket = new TokenBucket(this.#clock, OBJECT_PER_SECOND, OBJECT_BURST)
    this.#buckets.set(about, bucket)
    return bucket
  }

  /** Forgets what no longer matters, so that an object that is gone costs nothing. */
  #sweep(): void {
    const now = this.#clock.monotonic()
    if (now - this.#sweptAt < SERIES_MS / 6) return
    this.#sweptAt = now
    for (const [identity, series] of this.#series) {
      if (now - series.lastAt < SERIES_MS) continue
      this.#writeSeries(series)
      this.#series.delete(identity)
    }
    for (const [about, bucket] of this.#buckets) if (bucket.isFull) this.#buckets.delete(about)
  }

  #count(outcome: 'created' | 'counted' | 'dropped' | 'failed'): void {
    this.#metrics.events.inc({ outcome })
  }
}

/** Writes `events.k8s.io/v1` Events in the background; see {@link EventRecorder}. */
export function createEventRecorder(options: RecorderOptions): EventRecorder {
  return new SeriesRecorder(options)
}
