import { NETWORK } from '../layout.ts'

export const COREDNS_IMAGE = 'docker.io/local/coredns:1.14.0'
const NAME = 'coredns'
const labels = { 'k8s-app': 'kube-dns' }

/** Not 53, which only root may listen on. */
const PORT = 1053

const corefile = `.:${PORT} {
  errors
  health
  ready
  kubernetes ${NETWORK.domain} in-addr.arpa ip6.arpa {
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
    ttl 5
  }
  forward . /etc/resolv.conf
  cache 30
  loadbalance
  reload 10s
}
`

/** The cluster's name server: every service name resolves here. */
export function corednsObjects(): object[] {
  const metadata = { name: NAME, namespace: 'kube-system', labels }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        {
          apiGroups: [''],
          resources: ['services', 'pods', 'namespaces', 'endpoints'],
          verbs: ['list', 'watch'],
        },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: 'kube-system' }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: deploymentSpec() },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, name: 'kube-dns' },
      spec: {
        clusterIP: NETWORK.dns,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, targetPort: PORT, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, targetPort: PORT, protocol: 'TCP' },
          { name: 'metrics', port: 9153, protocol: 'TCP' },
        ],
      },
    },
  ]
}

function deploymentSpec(): object {
  const probe = (path: string, port: number) => ({ httpGet: { path, port }, periodSeconds: 5 })
  const container = {
    name: NAME,
    image: COREDNS_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns', containerPort: PORT, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: PORT, protocol: 'TCP' },
    ],
    readinessProbe: { ...probe('/ready', 8181), periodSeconds: 1 },
    livenessProbe: { ...probe('/health', 8080), initialDelaySeconds: 30, timeoutSeconds: 5 },
    resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '170Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65532,
    },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  }
  return {
    replicas: 1,
    selector: { matchLabels: labels },
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: NAME,
        priorityClassName: 'system-cluster-critical',
        dnsPolicy: 'Default', // The machine's own name server answers for the world.
        tolerations: [{ operator: 'Exists' }],
        containers: [container],
        volumes: [{ name: 'config', configMap: { name: NAME } }],
      },
    },
  }
}
