/**
 * A small controller runtime. Resource: where objects of a kind live. Key: names one object. Informer: a cache that
 * follows the API server. Work queue: keys that wait, each once, one taker each. Reconcile: brings the world closer to
 * what one object wants. Controller: informers → queue → reconcile. Leader: the one process that may write. Manager: all
 * of it in one process. Intent: the fields one manager applies. Phase: from which the kstatus conditions follow.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import type { Registry } from 'prom-client'
import type { KubeClient } from './types/client.ts'
import type { Clock } from './types/clock.ts'
import type { Condition, ConditionContext, ConditionUpdate, Phase } from './types/conditions.ts'
import type { ControllerOptions, Manager, ManagerOptions, Source } from './types/controller.ts'
import type { Informer, InformerEvent, InformerOptions } from './types/informer.ts'
import type { LeaderElector, LeaderOptions } from './types/leader.ts'
import type { KubeObject, ObjectKey, OwnerReference, Resource } from './types/object.ts'
import type { QueueLimits, WorkQueue } from './types/queue.ts'

export type * from './types/client.ts'
export type * from './types/clock.ts'
export type * from './types/controller.ts'
export type * from './types/events.ts'
export type * from './types/informer.ts'
export type * from './types/leader.ts'
export type * from './types/object.ts'
export type * from './types/queue.ts'
export * from './types/conditions.ts'
export * from './errors.ts'

/** Time of this machine. */
export declare const systemClock: Clock

/** `defineResource<Pool>({ apiVersion: 'medqueue.dev/v1alpha1', kind: 'Pool', plural: 'pools', namespaced: true })`. */
export declare function defineResource<T extends KubeObject>(resource: Resource<T>): Resource<T>
/** The key of an object. */
export declare function keyOf(object: { metadata: { name: string; namespace?: string } }): ObjectKey
/** `namespace/name`, or `name` for cluster-scoped kinds. */
export declare function formatKey(key: ObjectKey): string
export declare function parseKey(text: string): ObjectKey
/** An owner reference that makes `owner` the controller of what carries it. */
export declare function controllerReference(owner: KubeObject): OwnerReference

export interface ClientOptions {
  kubeConfig: KubeConfig
  /** Whose fields applied ones become, unless a call says otherwise. At most 128 characters. */
  fieldManager: string
  /** For one call without `timeoutMs` (default 30,000). */
  timeoutMs?: number
  /** Where `rest_client_requests_total` is counted. */
  registry?: Registry
  clock?: Clock
}
/** A client on client-node's configuration, authentication and HTTP. */
export declare function createClient(options: ClientOptions): KubeClient
/** KUBECONFIG, ~/.kube/config, or the service account of the pod: client-node's order. */
export declare function loadKubeConfig(): KubeConfig

export interface WorkQueueOptions extends QueueLimits {
  name: string
  clock?: Clock
  /** Where workqueue_* metrics go (default: nowhere). */
  registry?: Registry
}
export declare function createWorkQueue(options: WorkQueueOptions): WorkQueue

export declare function createInformer<T extends KubeObject>(
  options: InformerOptions<T> & { registry?: Registry },
): Informer<T>

export declare function createLeaderElector(options: LeaderOptions & { registry?: Registry }): LeaderElector

/** A copy of the conditions with one set; `lastTransitionTime` moves only with the status. */
export declare function setCondition(update: ConditionUpdate, context: ConditionContext): Condition[]
/** Ready, Reconciling and Stalled as the phase implies; `others` follow. Never fewer than these three. */
export declare function conditionsOf(
  phase: Phase,
  context: ConditionContext,
  others?: readonly ConditionUpdate[],
): Condition[]
export declare function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined

/** Deletion was asked for; only finalizers keep the object. */
export declare function isDeleting(object: KubeObject): boolean
export declare function hasFinalizer(object: KubeObject, finalizer: string): boolean
/** Adds it unless it is there; 409 when the object has changed since it was read. Returns the object as stored. */
export declare function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<T>
/** Removes it if it is there; 409 when the object has changed, fine when it is gone. */
export declare function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<void>

/** Every event of the informer enqueues the object itself, or the keys that `toKeys` gives. */
export declare function watches<T extends KubeObject>(
  informer: Informer<T>,
  toKeys?: (event: InformerEvent<T>) => readonly ObjectKey[],
): Source
/** Events of owned objects enqueue their controlling owner, when it is of this kind. */
export declare function watchesOwned<T extends KubeObject>(informer: Informer<T>, owner: Resource): Source
/** For `watches`: leaves out updates that changed neither generation, labels, annotations nor deletion. */
export declare function onSpecChange<T extends KubeObject>(event: InformerEvent<T>): readonly ObjectKey[]

export declare function createManager(options: ManagerOptions): Manager
/** A manager with one controller, run until the signal. `build` gets the manager to make its informers from. */
export declare function runController(
  options: ManagerOptions,
  build: (manager: Manager) => ControllerOptions,
  signal: AbortSignal,
): Promise<void>

/** `/livez`, `/readyz` (each names what fails) and `/metrics` on a port; returns how to close it. */
export declare function serveProbes(
  manager: Manager,
  address: { host?: string; port: number },
): Promise<{ port: number; close: () => Promise<void> }>
