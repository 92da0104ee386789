import { bookingWorkerPoolKind, GROUP_VERSION } from '@medqueue/contracts'
import { defineResource, type KubeObject } from '@medqueue/operator-kit'

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
}

export interface Deployment extends KubeObject {
  spec: { replicas?: number }
}
export interface Pod extends KubeObject {
  spec: { containers: { image: string }[] }
  status?: { conditions?: Condition[] }
}
export interface Service extends KubeObject {
  spec: { clusterIP?: string }
}
/** Whatever says of itself by conditions how it is. */
export interface Conditional extends KubeObject {
  status?: { conditions?: Condition[] }
}

const core = { apiVersion: 'v1', namespaced: true }

export const DEPLOYMENTS = defineResource<Deployment>({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
})
export const PODS = defineResource<Pod>({ ...core, kind: 'Pod', plural: 'pods' })
export const SERVICES = defineResource<Service>({ ...core, kind: 'Service', plural: 'services' })
export const NAMESPACES = defineResource({
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
})
export const POOLS = defineResource<Conditional>({
  apiVersion: GROUP_VERSION,
  kind: bookingWorkerPoolKind.kind,
  plural: bookingWorkerPoolKind.plural,
  namespaced: true,
})
export const AUTOSCALERS = defineResource<Conditional>({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
})
export const SCALED_OBJECTS = defineResource<Conditional>({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  plural: 'scaledobjects',
  namespaced: true,
})
export const API_SERVICES = defineResource<Conditional>({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
})

/** Whether the object says so of itself. */
export function says(object: Conditional | undefined, type: string): boolean {
  return object?.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false
}
