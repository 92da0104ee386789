/** Namespace in which KEDA believes itself to run. */
export const KEDA_NAMESPACE = 'keda'
export const METRICS_API = 'v1beta1.external.metrics.k8s.io'

const SERVICE = 'keda-metrics-apiserver'
const READER = 'keda-external-metrics-reader'
const GROUP = 'external.metrics.k8s.io'

export interface AdapterPlace {
  /** An address of this machine that the API server reaches; a loopback one is not allowed. */
  address: string
  port: number
  /** PEM. */
  authority: string
}

/** What lets the API server ask the adapter, and the HPA's controller ask the API server for it. */
export function kedaObjects({ address, port, authority }: AdapterPlace): object[] {
  const namespace = KEDA_NAMESPACE
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: SERVICE, namespace },
      spec: { ports: [{ name: 'https', port: 443, targetPort: port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: SERVICE, namespace, labels: { 'kubernetes.io/service-name': SERVICE } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port, protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: READER },
      rules: [{ apiGroups: [GROUP], resources: ['*'], verbs: ['*'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: READER },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: READER },
      subjects: [{ kind: 'ServiceAccount', name: 'horizontal-pod-autoscaler', namespace: 'kube-system' }],
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: METRICS_API },
      spec: {
        service: { name: SERVICE, namespace, port: 443 },
        group: GROUP,
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle: Buffer.from(authority).toString('base64'),
      },
    },
  ]
}
