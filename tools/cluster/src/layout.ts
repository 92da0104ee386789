import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../../..')

/** Addresses of the one-node cluster. All of them exist on this machine only. */
export const NETWORK = {
  bridge: 'medqueue0',
  /** The node's own address, on the bridge; pods reach the API server there. */
  node: '10.244.0.1',
  pods: '10.244.0.0/24',
  services: '10.96.0.0/16',
  kubernetes: '10.96.0.1',
  dns: '10.96.0.10',
  domain: 'cluster.local',
  table: 'medqueue_cluster',
} as const

/** Loopback ports of the parts, unless a person chose others. */
export const PORTS = {
  api: 6443,
  etcd: 12379,
  etcdPeer: 12380,
  etcdMetrics: 12381,
  kubelet: 10250,
  kubeletHealth: 10248,
  scheduler: 10259,
  controllerManager: 10257,
  proxyHealth: 10256,
  proxyMetrics: 10249,
  /** Traefik's own; the ingress itself listens on `ingressPort`. */
  traefik: 18_090,
} as const

/** Where everything of one local cluster is. */
export interface ClusterLayout {
  /** Data that outlives a stop: images, certificates, logs. */
  state: string
  /** Sockets and mounts. Short, because the name of a socket has at most 108 bytes. */
  run: string
  nodeName: string
  ingressPort: number
  kubeconfig: string
  logs: string
  pids: string
  certificates: string
  configs: string
  containerd: string
  kubelet: string
  podLogs: string
  volumes: string
  etcd: string
  cni: string
  containerdSocket: string
  supervisorFile: string
  /** System settings as they were before, to be put back. */
  sysctlFile: string
}

/** The layout for a folder; `CLUSTER_INGRESS_PORT` moves the ingress. */
export function clusterLayout(env: NodeJS.ProcessEnv = process.env): ClusterLayout {
  const state = join(resolve(ROOT, env.MEDQUEUE_DATA ?? '.data'), 'cluster')
  const run = `/run/medqueue-${createHash('sha256').update(state).digest('hex').slice(0, 8)}`
  const below = (name: string) => join(state, name)
  return {
    state,
    run,
    nodeName: 'medqueue-node',
    ingressPort: Number(env.CLUSTER_INGRESS_PORT ?? 8000),
    kubeconfig: below('kubeconfig'),
    logs: below('logs'),
    pids: below('pids'),
    certificates: below('certificates'),
    configs: below('configs'),
    containerd: below('containerd'),
    kubelet: below('kubelet'),
    podLogs: below('pod-logs'),
    volumes: below('volumes'),
    etcd: below('etcd'),
    cni: below('cni'),
    containerdSocket: join(run, 'containerd.sock'),
    supervisorFile: below('supervisor.json'),
    sysctlFile: below('sysctl.json'),
  }
}

export const ingressUrl = ({ ingressPort }: ClusterLayout) => `http://127.0.0.1:${ingressPort}`

export const apiUrl = `https://${NETWORK.node}:${PORTS.api}`

/** The node's line in /etc/hosts. */
export const hostsLine = (nodeName: string) => `${NETWORK.node} ${nodeName}`
