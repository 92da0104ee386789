import type { KubeClient } from './client.ts'
import type { Clock, Log, Random } from './clock.ts'
import type { KubeObject, ObjectKey, Resource } from './object.ts'

/** What happened to an object since the last event of it. `before` is missing when it is new to this cache. */
export type InformerEvent<T> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'updated'; readonly object: T; readonly before: T }
  /** `object` is its last known state. */
  | { readonly type: 'deleted'; readonly object: T }

/**
 * Told of every event, one at a time for each object. What it throws is logged and counted, and the object's newest
 * state is handed to it again after a back-off (1 → 30 s) until it takes it.
 */
export type InformerHandler<T> = (event: InformerEvent<T>) => void | Promise<void>

/** Values under which an object is found; none is fine. Must be pure. */
export type IndexFunction<T> = (object: T) => readonly string[]

/** How an informer is doing; see the state diagram in README.md. */
export interface InformerHealth {
  readonly state: 'stopped' | 'listing' | 'connecting' | 'watching' | 'waiting'
  /** Has listed once; the cache answers. */
  readonly synced: boolean
  /** Milliseconds since the server last said anything: an event, a bookmark, a list, or that a watch is open. */
  readonly silentForMs: number
  /** Milliseconds since it entered its state. */
  readonly stateForMs: number
  /** Failures in a row; 0 when all is well. */
  readonly failures: number
  readonly lastError: string | undefined
}

/** A cache of the objects of one kind that follows the API server through every failure. */
export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>
  start: () => void
  /** For good; the cache keeps what it has. */
  stop: () => Promise<void>
  /** Resolves after the first list; rejects with the signal's reason. */
  whenSynced: (signal?: AbortSignal) => Promise<void>
  health: () => InformerHealth
  get: (key: ObjectKey) => T | undefined
  /** All, or those of one namespace, in no order. */
  list: (namespace?: string) => readonly T[]
  /** @throws when there is no index of that name. */
  byIndex: (index: string, value: string) => readonly T[]
  /** How many {@link byIndex} would give. */
  countByIndex: (index: string, value: string) => number
  /** Tells of what is in the cache (as `added`), then of each change. Returns how to stop it. */
  onEvent: (handler: InformerHandler<T>) => () => void
  /** Lists now and counts what the watch has missed, instead of waiting for the next relist. */
  relist: () => Promise<void>
}

export interface InformerScope<T extends KubeObject> {
  /** Empty or left out: every namespace. */
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  indexes?: Readonly<Record<string, IndexFunction<T>>>
  /** Trims an object before it is kept, such as dropping `managedFields`. */
  transform?: (object: T) => T
  timing?: InformerTiming
}

/** All in milliseconds. */
export interface InformerTiming {
  /** A watch that says nothing for so long is taken for dead and opened anew (default 30,000). */
  silenceMs?: number
  /** A list that makes no progress for so long, or a watch that does not open, is given up; up to 4 × after failures (default 15,000). */
  listSilenceMs?: number
  /** Between checks of the cache against a full list, ± 10 % (default 600,000; 0: never). */
  relistMs?: number
  /** What the watch may lag behind a list before that counts as drift (default 5,000). */
  driftGraceMs?: number
  /** First and longest wait after failures; jittered (default 1,000 and 30,000). */
  backoffMs?: { first: number; longest: number }
  pageSize?: number
}

export interface InformerOptions<T extends KubeObject> extends InformerScope<T> {
  client: KubeClient
  resource: Resource<T>
  clock?: Clock
  random?: Random
  log?: Log
}
