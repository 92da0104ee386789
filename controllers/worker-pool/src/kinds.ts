import type { BookingQueueSpec, BookingWorkerPoolSpec, BookingWorkerPoolStatus } from '@medqueue/contracts'
import { bookingQueueKind, bookingWorkerPoolKind, GROUP_VERSION } from '@medqueue/contracts'
import { defineResource, type KubeObject } from '@medqueue/operator-kit'

/** A label selector, as Deployments and disruption budgets have them. */
export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export interface Pool extends KubeObject {
  spec: BookingWorkerPoolSpec
  status?: BookingWorkerPoolStatus
}

export interface Queue extends KubeObject {
  spec: BookingQueueSpec
}

export interface Deployment extends KubeObject {
  spec: { replicas?: number; selector: LabelSelector }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
  }
}

export interface Pod extends KubeObject {
  spec?: { terminationGracePeriodSeconds?: number }
  status?: { phase?: string; conditions?: { type: string; status: string }[] }
}

export interface Budget extends KubeObject {
  spec?: { selector?: LabelSelector }
  status?: { disruptionsAllowed?: number }
}

const own = { apiVersion: GROUP_VERSION, namespaced: true }

export const POOLS = defineResource<Pool>({
  ...own,
  kind: bookingWorkerPoolKind.kind,
  plural: bookingWorkerPoolKind.plural,
})
export const QUEUES = defineResource<Queue>({
  ...own,
  kind: bookingQueueKind.kind,
  plural: bookingQueueKind.plural,
})
export const DEPLOYMENTS = defineResource<Deployment>({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
})
export const PODS = defineResource<Pod>({ apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true })
export const BUDGETS = defineResource<Budget>({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
})
