import type { Registry } from 'prom-client'
import type { KubeClient } from './client.ts'
import type { Clock, Log, Random } from './clock.ts'
import type { EventRecorder } from './events.ts'
import type { Informer, InformerEvent, InformerScope } from './informer.ts'
import type { LeaderElector, LeaderTiming } from './leader.ts'
import type { KubeObject, ObjectKey, Resource } from './object.ts'
import type { QueueLimits } from './queue.ts'

/** What a reconcile that did not fail asks for. Nothing: wait for the next event. */
export interface Result {
  /** Come again after so many milliseconds, even without an event. */
  requeueAfterMs?: number
}

/**
 * Brings the world closer to what one object wants. Level-based and idempotent: it reads the whole state and never asks
 * what happened. Throw to be called again after a back-off; throw {@link TerminalError} when trying again cannot help.
 * The signal is aborted when leadership is lost, when the time-out passes, or when a stop took too long.
 */
export type Reconcile = (key: ObjectKey, signal: AbortSignal) => Promise<Result | undefined>

/** Leads from an informer's events to keys to reconcile. Made by {@link watches}, {@link watchesOwned}. */
export interface Source {
  readonly informer: Informer<KubeObject>
  readonly toKeys: (event: InformerEvent<KubeObject>) => readonly ObjectKey[]
}

export interface ControllerOptions {
  /** Unique; labels metrics and logs. Lower-case with dashes. */
  name: string
  reconcile: Reconcile
  sources: readonly Source[]
  /** Keys worked on at the same time; one key never twice (default 1). */
  maxConcurrent?: number
  /** Aborts a reconcile's signal after so long (default: none). */
  timeoutMs?: number
  queue?: QueueLimits
}

export interface Controller {
  readonly name: string
  /** For triggers from outside the cluster. Safe at any time; on a standby nothing happens before it leads. */
  enqueue: (key: ObjectKey) => void
  enqueueAfter: (key: ObjectKey, ms: number) => void
}

/** Something that runs beside the controllers, such as a subscription. */
export interface Runnable {
  name: string
  /** Works until the signal is aborted, then resolves. Rejecting ends the manager. */
  run: (signal: AbortSignal) => Promise<void>
  /** Only while leading (default true). */
  needsLeader?: boolean
}

export interface ManagerOptions {
  client: KubeClient
  /** Reported in events, as in `medqueue.dev/worker-pool`. */
  name: string
  /** Who this process is: the pod's name. */
  identity: string
  /** Left out: this process always leads (one replica, or tests). */
  leaderElection?: { lease: ObjectKey } & LeaderTiming
  /** Where metrics go (default: a registry of its own). */
  registry?: Registry
  clock?: Clock
  random?: Random
  log?: Log
  /** What a stop waits for reconciles in work before it aborts them, in milliseconds (default 20,000). */
  drainTimeoutMs?: number
}

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** Why not. */
  readonly detail?: string
}

/** Wires informers to queues to reconciles under one leader election. */
export interface Manager {
  /** Reads freely; writes are refused with LeadershipLostError unless this process leads. */
  readonly client: KubeClient
  readonly registry: Registry
  readonly events: EventRecorder
  /** Undefined without leader election. */
  readonly leader: LeaderElector | undefined
  /** One informer for each different resource and scope; started and stopped with the manager. */
  informer: <T extends KubeObject>(resource: Resource<T>, scope?: InformerScope<T>) => Informer<T>
  addController: (options: ControllerOptions) => Controller
  addRunnable: (runnable: Runnable) => void
  isLeading: () => boolean
  /**
   * Starts informers at once, and controllers when they have synced and this process leads. Resolves after a graceful
   * stop: queues drained, lease released, informers stopped.
   * @throws LeadershipLostError, or what a runnable rejected with. The process should exit 1 then.
   */
  run: (signal: AbortSignal) => Promise<void>
  /** Can serve: informers synced. Standbys are ready too. */
  ready: () => readonly Check[]
  /** Should not be restarted: no informer or renewal is stuck. */
  live: () => readonly Check[]
}
