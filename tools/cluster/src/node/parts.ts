import { join } from 'node:path'

import { apiUrl, type ClusterLayout, NETWORK, PORTS } from '../layout.ts'
import { certFile, keyFile } from './certificates.ts'
import { configPath } from './config-files.ts'

/** One process of the node. */
export interface Part {
  name: string
  /** Key into the table of program paths. */
  program: string
  args: string[]
  env?: Record<string, string>
  /** Milliseconds between the request to stop and the end by force. */
  stopTimeoutMs?: number
}

/** Tells the API server's controllers to look this often; a bench may ask for another clock. */
export interface PartOptions {
  /** Such as `15s`, the default of Kubernetes. */
  hpaSyncPeriod?: string | undefined
}

/** The processes in the order of their start; those of one wave do not wait for each other. */
export function partWaves(layout: ClusterLayout, options: PartOptions = {}): Part[][] {
  return [
    [etcd(layout), containerd(layout)],
    [apiServer(layout)],
    [controllerManager(layout, options), scheduler(layout), kubelet(layout), proxy(layout)],
  ]
}

const flags = (values: Record<string, string | number | boolean>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`)

function etcd({ etcd: folder, certificates }: ClusterLayout): Part {
  const client = `https://127.0.0.1:${PORTS.etcd}`
  const peer = `http://127.0.0.1:${PORTS.etcdPeer}`
  return {
    name: 'etcd',
    program: 'etcd',
    args: flags({
      name: 'node',
      'data-dir': folder,
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `node=${peer}`,
      'listen-metrics-urls': `http://127.0.0.1:${PORTS.etcdMetrics}`,
      'cert-file': certFile(certificates, 'etcd'),
      'key-file': keyFile(certificates, 'etcd'),
      'client-cert-auth': true,
      'trusted-ca-file': certFile(certificates, 'etcd-ca'),
      'snapshot-count': 10_000,
      'auto-compaction-retention': 1,
      'log-level': 'warn',
    }),
  }
}

function containerd(layout: ClusterLayout): Part {
  const args = ['--config', configPath(layout, 'containerd.toml'), '--log-level', 'warn']
  return { name: 'containerd', program: 'containerd', args }
}

function apiServer({ certificates: folder }: ClusterLayout): Part {
  return {
    name: 'kube-apiserver',
    program: 'kube-apiserver',
    stopTimeoutMs: 8_000,
    args: flags({
      'bind-address': NETWORK.node,
      'secure-port': PORTS.api,
      'advertise-address': NETWORK.node,
      'service-cluster-ip-range': NETWORK.services,
      'allow-privileged': true,
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'anonymous-auth': false,
      profiling: false,
      'client-ca-file': certFile(folder, 'ca'),
      'tls-cert-file': certFile(folder, 'apiserver'),
      'tls-private-key-file': keyFile(folder, 'apiserver'),
      'etcd-servers': `https://127.0.0.1:${PORTS.etcd}`,
      'etcd-cafile': certFile(folder, 'etcd-ca'),
      'etcd-certfile': certFile(folder, 'apiserver-etcd-client'),
      'etcd-keyfile': keyFile(folder, 'apiserver-etcd-client'),
      'kubelet-client-certificate': certFile(folder, 'apiserver-kubelet-client'),
      'kubelet-client-key': keyFile(folder, 'apiserver-kubelet-client'),
      'kubelet-certificate-authority': certFile(folder, 'ca'),
      'kubelet-preferred-address-types': 'InternalIP,Hostname',
      'service-account-issuer': `https://kubernetes.default.svc.${NETWORK.domain}`,
      'service-account-key-file': join(folder, 'service-accounts.pub'),
      'service-account-signing-key-file': keyFile(folder, 'service-accounts'),
      ...aggregation(folder),
    }),
  }
}

/** An API server behind this one (metrics, KEDA) trusts the user named in a header if this certificate brings it. */
function aggregation(folder: string): Record<string, string | boolean> {
  return {
    'requestheader-client-ca-file': certFile(folder, 'front-proxy-ca'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': certFile(folder, 'front-proxy-client'),
    'proxy-client-key-file': keyFile(folder, 'front-proxy-client'),
    'enable-aggregator-routing': true,
  }
}

function controllerManager(layout: ClusterLayout, { hpaSyncPeriod = '15s' }: PartOptions): Part {
  const folder = layout.certificates
  const kubeconfig = configPath(layout, 'controller-manager.kubeconfig')
  return {
    name: 'kube-controller-manager',
    program: 'kube-controller-manager',
    args: flags({
      kubeconfig,
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': '127.0.0.1',
      'secure-port': PORTS.controllerManager,
      'leader-elect': false, // It is alone.
      'use-service-account-credentials': true,
      'root-ca-file': certFile(folder, 'ca'),
      'service-account-private-key-file': keyFile(folder, 'service-accounts'),
      'cluster-signing-cert-file': certFile(folder, 'ca'),
      'cluster-signing-key-file': keyFile(folder, 'ca'),
      'requestheader-client-ca-file': certFile(folder, 'front-proxy-ca'),
      'horizontal-pod-autoscaler-sync-period': hpaSyncPeriod,
      'terminated-pod-gc-threshold': 100,
      profiling: false,
    }),
  }
}

function scheduler(layout: ClusterLayout): Part {
  const kubeconfig = configPath(layout, 'scheduler.kubeconfig')
  return {
    name: 'kube-scheduler',
    program: 'kube-scheduler',
    args: flags({
      kubeconfig,
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': '127.0.0.1',
      'secure-port': PORTS.scheduler,
      'leader-elect': false,
      profiling: false,
    }),
  }
}

function kubelet(layout: ClusterLayout): Part {
  return {
    name: 'kubelet',
    program: 'kubelet',
    args: flags({
      config: configPath(layout, 'kubelet.yaml'),
      kubeconfig: configPath(layout, 'kubelet.kubeconfig'),
      'hostname-override': layout.nodeName,
      'node-ip': NETWORK.node,
      'root-dir': layout.kubelet,
    }),
  }
}

function proxy(layout: ClusterLayout): Part {
  const args = flags({ config: configPath(layout, 'kube-proxy.yaml') })
  return { name: 'kube-proxy', program: 'kube-proxy', args }
}

/** Programs that come with Debian, by the package that holds them. */
export const DEBIAN_PROGRAMS: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  openssl: 'openssl',
  mount: 'mount',
}

/** Where the API server says that it is ready. */
export const READY_URL = `${apiUrl}/readyz`
