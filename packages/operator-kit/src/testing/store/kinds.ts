import type { KubeObject } from '../../types/object.ts'

/** A kind the server knows, as a CustomResourceDefinition would say it. */
export interface FakeKind {
  apiVersion: string
  kind: string
  plural: string
  namespaced: boolean
  /** Has `/status`: writes to the object leave `.status` alone, and the other way round. */
  status?: boolean
  /** Has `/scale`; dotted paths. */
  scale?: ScalePaths
  /** Says why an object is refused (422); undefined when it is fine. */
  validate?: (object: KubeObject, before: KubeObject | undefined) => string | undefined
}

export interface ScalePaths {
  specReplicas: string
  statusReplicas: string
  selector?: string
}

const workload: ScalePaths = { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas' }

const builtIn = (
  apiVersion: string,
  kind: string,
  plural: string,
  more: Partial<FakeKind> = {},
): FakeKind => ({
  apiVersion,
  kind,
  plural,
  namespaced: true,
  ...more,
})

/** What every cluster has and controllers usually touch. */
export const BUILT_IN_KINDS: readonly FakeKind[] = [
  builtIn('v1', 'Namespace', 'namespaces', { namespaced: false, status: true }),
  builtIn('v1', 'Node', 'nodes', { namespaced: false, status: true }),
  builtIn('v1', 'Pod', 'pods', { status: true }),
  builtIn('v1', 'Service', 'services', { status: true }),
  builtIn('v1', 'ConfigMap', 'configmaps'),
  builtIn('v1', 'Secret', 'secrets'),
  builtIn('apps/v1', 'Deployment', 'deployments', { status: true, scale: workload }),
  builtIn('apps/v1', 'ReplicaSet', 'replicasets', { status: true, scale: workload }),
  builtIn('apps/v1', 'StatefulSet', 'statefulsets', { status: true, scale: workload }),
  builtIn('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', { status: true }),
  builtIn('coordination.k8s.io/v1', 'Lease', 'leases'),
  builtIn('events.k8s.io/v1', 'Event', 'events'),
]
