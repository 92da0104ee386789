import { existsSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

import type { KubeConfig } from '@kubernetes/client-node'

import { isInPod, podAccess } from './pod-access.ts'

/** Where the API server is and how to be let in. client-node's KubeConfig is one. */
export interface ClusterAccess {
  /** `proxyUrl`: the options' agent must be used. */
  getCurrentCluster(): { readonly server: string; readonly proxyUrl?: string | undefined } | null
  /** Sets certificates, and headers or `auth`. Asked before each call, because credentials change. */
  applyToHTTPSOptions(options: RequestOptions): Promise<void>
}

/** client-node takes 60 MB and a second to load, mostly models of kinds; so only where there is a kubeconfig. */
function fromKubeConfig(paths = ''): KubeConfig {
  const load = createRequire(import.meta.url)
  const { KubeConfig } = load('@kubernetes/client-node') as { KubeConfig: new () => KubeConfig }
  const config = new KubeConfig()
  const [first, ...others] = paths.split(delimiter).filter((path) => path !== '')
  if (first === undefined) config.loadFromDefault()
  else config.loadFromFile(first)
  for (const path of others) {
    const other = new KubeConfig()
    other.loadFromFile(path)
    config.mergeConfig(other, Boolean(config.currentContext))
  }
  return config
}

/** KUBECONFIG, ~/.kube/config, or the service account of the pod: client-node's order. */
export function loadKubeConfig(env: NodeJS.ProcessEnv = process.env): ClusterAccess {
  const hasFile = (env.KUBECONFIG ?? '') !== '' || existsSync(join(homedir(), '.kube', 'config'))
  return !hasFile && isInPod(env) ? podAccess(env) : fromKubeConfig(env.KUBECONFIG)
}
