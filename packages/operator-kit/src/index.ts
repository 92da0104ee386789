/**
 * A small controller runtime. Resource: where objects of a kind live. Key: names one object. Informer: a cache that
 * follows the API server. Work queue: keys that wait, each once, one taker each. Reconcile: brings the world closer to
 * what one object wants. Controller: informers → queue → reconcile. Leader: the one process that may write. Manager: all
 * of it in one process. Intent: the fields one manager applies. Phase: from which the kstatus conditions follow.
 */
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

export { systemClock } from './clock.ts'
export {
  asRead,
  controllerReference,
  defineResource,
  formatKey,
  keyOf,
  parseKey,
  withoutManagedFields,
} from './resource.ts'
export { type ClientOptions, createClient } from './client/client.ts'
export { type ClusterAccess, loadKubeConfig } from './client/cluster-access.ts'
export { createWorkQueue, type WorkQueueOptions } from './queue/work-queue.ts'
export { createInformer } from './informer/informer.ts'
export { createLeaderElector } from './leader/elector.ts'
export { conditionsOf, findCondition, setCondition } from './conditions.ts'
export { addFinalizer, hasFinalizer, isDeleting, removeFinalizer } from './finalizers.ts'
export { createEventRecorder, type RecorderOptions } from './events/recorder.ts'
export { onSpecChange, watches, watchesOwned } from './controller/sources.ts'
export { createManager, runController } from './controller/manager.ts'
export { serveProbes } from './controller/probes.ts'
export { type ProcessOptions, runProcess } from './controller/process.ts'
