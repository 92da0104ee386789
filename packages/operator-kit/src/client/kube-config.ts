import { KubeConfig } from '@kubernetes/client-node'

/** KUBECONFIG, ~/.kube/config, or the service account of the pod: client-node's order. */
export function loadKubeConfig(): KubeConfig {
  const config = new KubeConfig()
  config.loadFromDefault()
  return config
}
