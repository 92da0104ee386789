import { type ClusterLayout, NETWORK } from '../layout.ts'
import { apply, type Command } from '../kubectl.ts'
import { waitFor } from '../node/wait.ts'
import { corednsObjects } from './coredns.ts'
import { storageObjects } from './storage.ts'
import { traefikObjects } from './traefik.ts'

const READY_MS = 120_000

/** What makes a bare node a cluster one can work with: names, an ingress, volumes. Resolves when they are ready. */
export async function installAddons(kubectl: Command, layout: ClusterLayout): Promise<void> {
  const listen = `127.0.0.1:${layout.ingressPort}`
  await apply(kubectl, [...storageObjects(), ...corednsObjects(), ...traefikObjects({ listen })])
  for (const name of ['coredns', 'traefik']) await deploymentReady(kubectl, 'kube-system', name)
}

/** Resolves when the deployment has all its replicas available; throws with what its pods say. */
export async function deploymentReady(kubectl: Command, namespace: string, name: string): Promise<void> {
  const timeout = `${READY_MS / 1000}s`
  const wait = ['rollout', 'status', `deployment/${name}`, '--namespace', namespace, '--timeout', timeout]
  await kubectl(wait)
}

/** Resolves when the node says that it takes pods. */
export async function nodeReady(kubectl: Command, { nodeName }: ClusterLayout): Promise<void> {
  const query = ['get', 'node', nodeName, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}']
  await waitFor(
    async () => {
      const status = await kubectl(query)
      if (status !== 'True') throw new Error(`the node says Ready=${status}`)
    },
    { what: `the node at ${NETWORK.node}`, timeoutMs: READY_MS },
  )
}
