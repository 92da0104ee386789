import { PORTS } from '../layout.ts'

export const TRAEFIK_IMAGE = 'docker.io/local/traefik:3.6.12'
export const INGRESS_CLASS = 'traefik'
const NAME = 'traefik'
const labels = { 'app.kubernetes.io/name': NAME }

/** Each holds some 10,000 connections where a process may open 20,000 files: two hold those of 20,000 patients. */
const REPLICAS = 2

export interface IngressOptions {
  /** Address and port it listens on, such as `127.0.0.1:8000`. */
  listen: string
  image?: string
}

/** The ingress controller. It listens on the node itself, so that a person reaches it without a load balancer. */
export function traefikObjects({ listen, image = TRAEFIK_IMAGE }: IngressOptions): object[] {
  const metadata = { name: NAME, namespace: 'kube-system', labels }
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: NAME },
      rules: rules(),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: 'kube-system' }],
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: {
        name: INGRESS_CLASS,
        annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
      },
      spec: { controller: 'traefik.io/ingress-controller' },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: deploymentSpec(listen, image) },
  ]
}

function rules(): object[] {
  const read = ['get', 'list', 'watch']
  return [
    { apiGroups: [''], resources: ['services', 'secrets', 'nodes', 'configmaps', 'namespaces'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
  ]
}

function deploymentSpec(listen: string, image: string): object {
  const health = { path: '/ping', port: PORTS.traefik, host: '127.0.0.1' }
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: [
      `--entrypoints.web.address=${listen}`,
      `--entrypoints.traefik.address=127.0.0.1:${PORTS.traefik}`,
      // All of them listen on the same ports of the node; the kernel shares connections out.
      '--entrypoints.web.reuseport=true',
      '--entrypoints.traefik.reuseport=true',
      // Long enough for a booking that waits for its decision, and for a WebSocket.
      '--entrypoints.web.transport.respondingtimeouts.readtimeout=0s',
      '--entrypoints.web.transport.lifecycle.requestacceptgracetimeout=1s',
      '--providers.kubernetesingress=true',
      `--providers.kubernetesingress.ingressclass=${INGRESS_CLASS}`,
      // A service whose pods are all busy or away is a 503; without this its paths were 404, or those of the gateway.
      '--providers.kubernetesingress.allowemptyservices=true',
      // Between HTTP/1 and HTTP/1, as everything here, it takes less of the processor.
      '--experimental.fastproxy=true',
      '--providers.kubernetesingress.ingressendpoint.ip=127.0.0.1',
      '--ping=true',
      '--ping.entrypoint=traefik',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      '--log.level=INFO',
    ],
    // There is memory; processor time is what a crowd lacks.
    env: [{ name: 'GOGC', value: '400' }],
    readinessProbe: { httpGet: health, periodSeconds: 1 },
    livenessProbe: { httpGet: health, initialDelaySeconds: 20, timeoutSeconds: 5 },
    // Under a crowd what it asks for is its share of the processors; see the charts' values.
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65532,
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  }
  return {
    replicas: REPLICAS,
    selector: { matchLabels: labels },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: NAME,
        priorityClassName: 'system-cluster-critical',
        hostNetwork: true,
        dnsPolicy: 'ClusterFirstWithHostNet',
        tolerations: [{ operator: 'Exists' }],
        containers: [container],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    },
  }
}
