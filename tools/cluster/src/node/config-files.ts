import { join } from 'node:path'

import { stringify } from 'yaml'

import { apiUrl, type ClusterLayout, NETWORK, PORTS } from '../layout.ts'
import { certFile, keyFile } from './certificates.ts'

export interface ConfigFile {
  path: string
  content: string
}

/** What the machine is like, as far as the configuration depends on it. */
export interface Machine {
  /** Folder of the CNI plugins. */
  cniPlugins: string
}

/** Users of the API server, each with a kubeconfig of its own. */
const USERS = ['controller-manager', 'scheduler', 'kubelet', 'proxy'] as const

/** The sandbox of every pod. Made here, since no registry can be relied on. */
export const PAUSE_IMAGE = 'docker.io/local/pause:1'

export const configPath = ({ configs }: ClusterLayout, name: string) => join(configs, name)

/** Every configuration file of the node. */
export function configFiles(layout: ClusterLayout, machine: Machine): ConfigFile[] {
  const file = (name: string, content: string) => ({ path: configPath(layout, name), content })
  return [
    file('containerd.toml', containerdConfig(layout, machine)),
    { path: join(layout.cni, '10-medqueue.conflist'), content: cniConfig(layout) },
    file('kubelet.yaml', stringify(kubeletConfig(layout))),
    file('kube-proxy.yaml', stringify(proxyConfig(layout))),
    ...USERS.map((user) => file(`${user}.kubeconfig`, kubeconfigByFiles(layout, user))),
  ]
}

/**
 * `restrict_oom_score_adj`: in a container we may lack the right to lower the score, and without this every pod dies
 * while it starts. Mounts of network namespaces lie below our own folder, so that a stop finds all of them.
 */
function containerdConfig(layout: ClusterLayout, machine: Machine): string {
  return `version = 2
root = ${JSON.stringify(layout.containerd)}
state = ${JSON.stringify(join(layout.run, 'containerd'))}
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = ${JSON.stringify(layout.containerdSocket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${JSON.stringify(machine.cniPlugins)}
    conf_dir = ${JSON.stringify(layout.cni)}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = ${JSON.stringify(join(layout.run, 'runc'))}
        SystemdCgroup = false
`
}

function cniConfig(layout: ClusterLayout): string {
  const bridge = {
    type: 'bridge',
    bridge: NETWORK.bridge,
    isGateway: true,
    hairpinMode: true,
    ipMasq: false, // Our own table does that, and is gone with one command.
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: NETWORK.pods, gateway: NETWORK.node, rangeStart: '10.244.0.10' }]],
      routes: [{ dst: '0.0.0.0/0' }],
      dataDir: join(layout.run, 'ipam'),
    },
  }
  return JSON.stringify({ cniVersion: '0.4.0', name: 'medqueue', plugins: [bridge] }, undefined, 2)
}

function kubeletConfig(layout: ClusterLayout): object {
  const folder = layout.certificates
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NETWORK.node,
    port: PORTS.kubelet,
    healthzBindAddress: '127.0.0.1',
    healthzPort: PORTS.kubeletHealth,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certFile(folder, 'ca') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: certFile(folder, 'kubelet-server'),
    tlsPrivateKeyFile: keyFile(folder, 'kubelet-server'),
    clusterDomain: NETWORK.domain,
    clusterDNS: [NETWORK.dns],
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    podLogsDir: layout.podLogs,
    volumePluginDir: join(layout.kubelet, 'volume-plugins'),
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false, // Kubelet refuses the older control groups unless told so.
    failSwapOn: false,
    makeIPTablesUtilChains: false, // Chains of the machine's own tables, which only we would have to remove.
    // A machine that somebody works on may be short of disk; that is no reason to end their pods.
    evictionHard: {},
    imageGCHighThresholdPercent: 100, // Images that nobody can pull again must stay.
    imageMinimumGCAge: '8760h',
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    serializeImagePulls: false,
    maxPods: 200,
    containerLogMaxSize: '5Mi',
    containerLogMaxFiles: 2,
    nodeStatusUpdateFrequency: '10s',
    syncFrequency: '30s',
  }
}

function proxyConfig(layout: ClusterLayout): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: configPath(layout, 'proxy.kubeconfig') },
    clusterCIDR: NETWORK.pods,
    hostnameOverride: layout.nodeName,
    healthzBindAddress: `127.0.0.1:${PORTS.proxyHealth}`,
    metricsBindAddress: `127.0.0.1:${PORTS.proxyMetrics}`,
    nodePortAddresses: [`${NETWORK.node}/32`],
    nftables: { minSyncPeriod: '200ms', syncPeriod: '30s' },
    // The limits belong to the machine, not to us.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  }
}

function kubeconfigByFiles({ certificates }: ClusterLayout, user: string): string {
  return kubeconfig({
    cluster: { server: apiUrl, 'certificate-authority': certFile(certificates, 'ca') },
    user: { 'client-certificate': certFile(certificates, user), 'client-key': keyFile(certificates, user) },
    name: user,
  })
}

export interface KubeconfigParts {
  cluster: Record<string, string>
  user: Record<string, string>
  name: string
}

/** A kubeconfig with one cluster, one user and one context. */
export function kubeconfig({ cluster, user, name }: KubeconfigParts): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'medqueue', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'medqueue', context: { cluster: 'medqueue', user: name } }],
    'current-context': 'medqueue',
  })
}
