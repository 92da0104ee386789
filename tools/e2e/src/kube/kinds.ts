import {
  type BookingQueueSpec,
  type BookingQueueStatus,
  type BookingWorkerPoolSpec,
  type BookingWorkerPoolStatus,
  bookingQueueKind,
  bookingWorkerPoolKind,
  GROUP_VERSION,
} from '@medqueue/contracts'
import { defineResource, type KubeObject, type Resource } from '@medqueue/operator-kit'

export interface Queue extends KubeObject {
  spec: BookingQueueSpec
  status?: BookingQueueStatus
}

export interface Pool extends KubeObject {
  spec: BookingWorkerPoolSpec
  status?: BookingWorkerPoolStatus
}

export interface Deployment extends KubeObject {
  spec: { replicas?: number; template: { spec: { containers: { image: string }[] } } }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
  }
}

export interface Pod extends KubeObject {
  status?: {
    phase?: string
    conditions?: { type: string; status: string }[]
    containerStatuses?: { restartCount: number }[]
  }
}

export interface ServiceObject extends KubeObject {
  spec: { selector: Record<string, string>; ports: { name: string; port: number; targetPort: number }[] }
}

export interface Lease extends KubeObject {
  spec: { holderIdentity?: string; leaseTransitions?: number }
}

export interface Budget extends KubeObject {
  status?: { currentHealthy?: number; desiredHealthy?: number }
}

const namespaced = <T extends KubeObject>(apiVersion: string, kind: string, plural: string): Resource<T> =>
  defineResource<T>({ apiVersion, kind, plural, namespaced: true })

export const QUEUES = namespaced<Queue>(GROUP_VERSION, bookingQueueKind.kind, bookingQueueKind.plural)
export const POOLS = namespaced<Pool>(GROUP_VERSION, bookingWorkerPoolKind.kind, bookingWorkerPoolKind.plural)
export const DEPLOYMENTS = namespaced<Deployment>('apps/v1', 'Deployment', 'deployments')
export const SERVICE_OBJECTS = namespaced<ServiceObject>('v1', 'Service', 'services')
export const PODS = namespaced<Pod>('v1', 'Pod', 'pods')
export const LEASES = namespaced<Lease>('coordination.k8s.io/v1', 'Lease', 'leases')
export const BUDGETS = namespaced<Budget>('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets')

/** A condition of our own kinds, or of a pod. */
export interface Condition {
  type: string
  status: string
  reason?: string
}

export const conditionOf = <T extends Condition>(
  conditions: readonly T[] | undefined,
  type: string,
): T | undefined => conditions?.find((condition) => condition.type === type)

/** Ready, and not on its way out. */
export const isServing = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && conditionOf(status?.conditions, 'Ready')?.status === 'True'

/** A pod of a job that has done its work. */
export const isOver = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed'
