import type { Registry } from 'prom-client'

import { wireOf } from '../client/wires.ts'
import { pause, systemClock } from '../clock.ts'
import { ApiError } from '../errors.ts'
import { silent } from '../log.ts'
import { metricsIn, type KitMetrics } from '../metrics.ts'
import { formatKey, keyOf } from '../resource.ts'
import { isAborted, orAborted } from '../signals.ts'
import type { WatchEvent } from '../client/watch.ts'
import type { Cancel, Clock, Log, Random } from '../types/clock.ts'
import type {
  Informer,
  InformerEvent,
  InformerHandler,
  InformerHealth,
  InformerOptions,
  InformerTiming,
} from '../types/informer.ts'
import type { KubeObject, ObjectKey, Resource } from '../types/object.ts'
import type { ObjectList } from '../types/client.ts'
import { Cache } from './cache.ts'
import { compareWithList, driftCount } from './drift.ts'
import { Follower } from './follower.ts'
import { HandlerFeed } from './handlers.ts'
import { compareVersions } from './versions.ts'

const DEFAULT_TIMING: Required<InformerTiming> = {
  silenceMs: 30_000,
  listSilenceMs: 15_000,
  relistMs: 600_000,
  driftGraceMs: 5_000,
  backoffMs: { first: 1_000, longest: 30_000 },
  pageSize: 500,
}

/** How often a comparison is begun anew when the watch was reconnected in the middle of it. */
const DRIFT_ATTEMPTS = 3

class CachingInformer<T extends KubeObject> implements Informer<T> {
  readonly resource: Resource<T>
  readonly #timing: Required<InformerTiming>
  readonly #clock: Clock
  readonly #random: Random
  readonly #log: Log
  readonly #metrics: KitMetrics
  readonly #cache: Cache<T>
  readonly #follower: Follower<T>
  readonly #feeds = new Set<HandlerFeed<T>>()
  /** What the watch said to be deleted while a comparison is under way. */
  readonly #deletions = new Set<Set<string>>()
  readonly #firstList = Promise.withResolvers<undefined>()
  #synced = false
  #stopping: AbortController | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: InformerOptions<T> & { registry?: Registry }) {
    const { client, resource, registry, clock = systemClock, random = Math.random, log = silent } = options
    this.resource = resource
    this.#timing = { ...DEFAULT_TIMING, ...options.timing }
    this.#clock = clock
    this.#random = random
    this.#log = log
    this.#metrics = metricsIn(registry)
    const { indexes, transform } = options
    const onError = (error: unknown, what: string) =>
      log.error({ ...this.#fields, what, err: error }, 'Informer function threw')
    this.#cache = new Cache({ indexes, transform, onError })
    this.#follower = new Follower({
      wire: { ...wireOf(client), clock },
      random,
      resource,
      scope: options,
      timing: this.#timing,
      onList: (list) => this.#listed(list),
      onEvent: (event) => this.#heard(event),
      onFailure: (error, delayMs) => this.#failed(error, delayMs),
    })
  }

  get #fields() {
    return { resource: this.resource.plural }
  }

  start(): void {
    if (this.#stopping !== undefined) return
    this.#stopping = new AbortController()
    const { signal } = this.#stopping
    this.#running = Promise.all([this.#follower.run(signal), this.#relistNowAndThen(signal)])
  }

  async stop(): Promise<void> {
    this.#stopping?.abort()
    for (const feed of this.#feeds) feed.stop()
    await this.#running
  }

  async whenSynced(signal?: AbortSignal): Promise<void> {
    await orAborted(this.#firstList.promise, signal)
  }

  health(): InformerHealth {
    const { state, failures, lastError, silentForMs, stateForMs } = this.#follower
    return { state, synced: this.#synced, silentForMs, stateForMs, failures, lastError }
  }

  get(key: ObjectKey): T | undefined {
    return this.#cache.get(key)
  }

  list(namespace?: string): readonly T[] {
    return this.#cache.list(namespace)
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#cache.byIndex(index, value)
  }

  countByIndex(index: string, value: string): number {
    return this.#cache.countByIndex(index, value)
  }

  onEvent(handler: InformerHandler<T>): Cancel {
    const feed = new HandlerFeed(handler, {
      clock: this.#clock,
      random: this.#random,
      backoff: this.#timing.backoffMs,
      onError: (error, id) => {
        this.#metrics.handlerErrors.inc(this.#fields)
        this.#log.error({ ...this.#fields, object: id, err: error }, 'Informer handler threw')
      },
    })
    this.#feeds.add(feed)
    for (const object of this.#cache.list()) feed.deliver({ type: 'added', object })
    return () => {
      feed.stop()
      this.#feeds.delete(feed)
    }
  }

  async relist(): Promise<void> {
    const signal = this.#stopping?.signal
    if (signal === undefined) return
    for (let attempt = 0; attempt < DRIFT_ATTEMPTS && !signal.aborted; attempt += 1) {
      if (await this.#compare(signal)) return
    }
  }

  #listed(list: ObjectList<T>): void {
    this.#metrics.informerLists.inc({ ...this.#fields, purpose: this.#synced ? 'resume' : 'start' })
    for (const event of this.#cache.replace(list.items)) this.#tell(event)
    this.#metrics.informerObjects.set(this.#fields, this.#cache.size)
    if (!this.#synced) this.#log.info({ ...this.#fields, objects: list.items.length }, 'Informer synced')
    this.#synced = true
    this.#firstList.resolve(undefined)
  }

  #heard(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') return
    const { object, type } = event
    const key = keyOf(object)
    const known = this.#cache.get(key)?.metadata.resourceVersion
    // A comparison with a list may have been faster than the watch.
    if (known !== undefined && (compareVersions(object.metadata.resourceVersion, known) ?? 1) < 0) return
    if (type === 'DELETED') for (const deletions of this.#deletions) deletions.add(formatKey(key))
    const change = type === 'DELETED' ? this.#cache.remove(key, object) : this.#cache.put(object)
    if (change !== undefined) this.#tell(change)
    this.#metrics.informerObjects.set(this.#fields, this.#cache.size)
  }

  #tell(event: InformerEvent<T>): void {
    for (const feed of this.#feeds) feed.deliver(event)
  }

  #failed(error: unknown, delayMs: number): void {
    const cause = error instanceof ApiError ? causeOf(error) : 'closed_early'
    this.#metrics.informerFailures.inc({ ...this.#fields, cause })
    this.#log.warn(
      { ...this.#fields, cause, delayMs, err: error },
      'Informer lost its watch and will try again',
    )
  }

  async #relistNowAndThen(signal: AbortSignal): Promise<void> {
    if (this.#timing.relistMs <= 0) return
    while (!signal.aborted) {
      await pause(this.#clock, this.#timing.relistMs * (0.9 + this.#random() / 5), signal)
      if (!isAborted(signal)) await this.relist()
    }
  }

  /** True when the comparison came to an end: the same watch was open all the time, or there was no need to look. */
  async #compare(signal: AbortSignal): Promise<boolean> {
    const connection = this.#follower.connection
    // Without a watch there is nothing to compare with; it is being put right already.
    if (connection === undefined) return true
    const deletedSince = new Set<string>()
    this.#deletions.add(deletedSince)
    try {
      const list = await this.#follower.list(signal)
      this.#metrics.informerLists.inc({ ...this.#fields, purpose: 'drift' })
      const look = () => compareWithList(list, this.#cache.list(), deletedSince)
      if (driftCount(look()) === 0) return true
      await pause(this.#clock, this.#timing.driftGraceMs, signal)
      if (this.#follower.connection !== connection || signal.aborted) return false
      this.#repair(look(), list.resourceVersion)
      return true
    } catch (error) {
      if (!signal.aborted) this.#failed(error, 0)
      return true
    } finally {
      this.#deletions.delete(deletedSince)
    }
  }

  #repair(drift: ReturnType<typeof compareWithList<T>>, version: string): void {
    const count = driftCount(drift)
    if (count === 0) return
    const { added, updated, deleted } = drift
    for (const change of ['added', 'updated', 'deleted'] as const) {
      this.#metrics.informerDrift.inc({ ...this.#fields, change }, drift[change].length)
    }
    this.#log.error({ ...this.#fields, count }, 'Informer found changes its watch had missed')
    const events = [
      ...[...added, ...updated].map((object) => this.#cache.put(object)),
      ...deleted.map((object) => this.#cache.remove(keyOf(object))),
    ]
    for (const event of events) if (event !== undefined) this.#tell(event)
    // A watch that loses events is not to be trusted with the next ones.
    this.#follower.watchFrom(version)
  }
}

function causeOf({ code, status }: ApiError): string {
  if (code === 'OPERATOR_API') return String(status)
  return code.slice('OPERATOR_'.length).toLowerCase()
}

/** A cache of the objects of one kind that follows the API server; see the state diagram in README.md. */
export function createInformer<T extends KubeObject>(
  options: InformerOptions<T> & { registry?: Registry },
): Informer<T> {
  return new CachingInformer(options)
}
