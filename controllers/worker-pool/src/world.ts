import type { Informer, ObjectKey } from '@medqueue/operator-kit'

import {
  type Budget,
  type Deployment,
  type LabelSelector,
  type Pod,
  POOLS,
  type Pool,
  type Queue,
} from './kinds.ts'

/** The part of the cluster that the pools see: caches that follow the API server. */
export interface World {
  pools: Informer<Pool>
  queues: Informer<Queue>
  deployments: Informer<Deployment>
  pods: Informer<Pod>
  budgets: Informer<Budget>
}

/** Marks a pod whose worker is to finish and then go; the value says since when. */
export const DRAINING_SINCE = 'medqueue.dev/draining-since'

/** Kubernetes takes the pods of the lowest cost away first. */
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** Keeps of a pod what is looked at; there may be thousands. */
export function trimPod({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { annotations, ...kept } = metadata
  delete kept.managedFields
  delete kept.ownerReferences
  const since = annotations?.[DRAINING_SINCE]
  const ready = (status?.conditions ?? []).filter(({ type }) => type === 'Ready')
  return {
    apiVersion,
    kind,
    metadata: { ...kept, ...(since === undefined ? {} : { annotations: { [DRAINING_SINCE]: since } }) },
    spec: pick(spec, 'terminationGracePeriodSeconds'),
    status: { ...pick(status, 'phase'), conditions: ready },
  }
}

/** Keeps of a Deployment what is looked at: most of it is the template of its pods. */
export function trimDeployment({ apiVersion, kind, metadata, spec, status }: Deployment): Deployment {
  const { name, uid, resourceVersion } = metadata
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, ...pick(metadata, 'namespace', 'generation') },
    spec: { selector: spec.selector, ...pick(spec, 'replicas') },
    status: pick(status, 'observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas'),
  }
}

function pick<T extends object, K extends keyof T>(from: T | undefined, ...keys: K[]): Partial<Pick<T, K>> {
  const found = keys.filter((key) => from?.[key] !== undefined).map((key) => [key, from?.[key]])
  return Object.fromEntries(found) as Partial<Pick<T, K>>
}

/** Every label of a pod, for finding the pods of a Deployment without looking at all of its namespace. */
export const byLabel = ({ metadata }: Pod) =>
  Object.entries(metadata.labels ?? {}).map((label) => labelIndexKey(metadata.namespace ?? '', label))
const labelIndexKey = (namespace: string, [name, value]: [string, string]) => `${namespace}/${name}=${value}`

/** Few pods among which are all that the selector chooses: those with its rarest label. */
export function podsNear(
  pods: Pick<Informer<Pod>, 'list' | 'byIndex' | 'countByIndex'>,
  namespace: string,
  { matchLabels = {} }: LabelSelector,
): readonly Pod[] {
  const keys = Object.entries(matchLabels).map((label) => labelIndexKey(namespace, label))
  const counted = keys.map((key) => ({ key, count: pods.countByIndex('label', key) }))
  const [rarest] = counted.toSorted((one, other) => one.count - other.count)
  return rarest === undefined ? pods.list(namespace) : pods.byIndex('label', rarest.key)
}

/** Key of a Deployment's pool among pools, for finding the pools of a Deployment. */
export const byTarget = ({ metadata, spec }: Pool) => [
  targetIndexKey(metadata.namespace ?? '', spec.targetRef.name),
]
export const byQueue = ({ metadata, spec }: Pool) =>
  spec.queueRef === undefined ? [] : [targetIndexKey(metadata.namespace ?? '', spec.queueRef.name)]
export const targetIndexKey = (namespace: string, name: string) => `${namespace}/${name}`

/** A reference to a pool, for events. */
export const referTo = (key: ObjectKey, pool: Pool) => ({
  apiVersion: POOLS.apiVersion,
  kind: POOLS.kind,
  metadata: { ...key, uid: pool.metadata.uid },
})
