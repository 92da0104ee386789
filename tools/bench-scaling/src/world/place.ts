import {
  type ClusterLayout,
  clusterLayout,
  importImages,
  liveSupervisor,
  NAMESPACE as PLATFORM,
  readImages,
  RELEASE,
} from '@medqueue/cluster'
import type { KubeClient } from '@medqueue/operator-kit'
import { onPath } from '@medqueue/servers'

import { SERVICES } from './kinds.ts'

const BROKER = { namespace: PLATFORM, name: `${RELEASE}-nats` }

/** The node of `make cluster`: this machine sees its processes and may change the clock of its autoscaler. */
export function findNode(): ClusterLayout {
  const layout = clusterLayout()
  if (liveSupervisor(layout) !== undefined) return layout
  throw new Error(
    'The bench needs the node that `make cluster` runs on this machine (CLUSTER=node): it measures processes and changes clocks that no other cluster shows.',
  )
}

/** Brings the workers' image into the node, unless it is there, and returns its name. */
export async function workerImage(layout: ClusterLayout): Promise<string> {
  const { references, folders } = readImages()
  const image = references.apps.find((reference) => reference.includes('/medqueue-bench-worker:'))
  if (image === undefined) throw new Error("The worker's image is not built: run `make images`.")
  const ctr = await onPath('ctr', ['/usr/sbin', '/sbin'])
  if (ctr === undefined) throw new Error('The program ctr of containerd is missing.')
  await importImages(layout, ctr, { folder: folders.apps, references: [image] })
  return image
}

/** Where the platform's broker is, as this machine and the pods reach it: by address, so that names play no part. */
export async function brokerUrls(client: KubeClient): Promise<{ url: string; monitorUrl: string }> {
  const address = (await client.find(SERVICES, BROKER))?.spec.clusterIP
  if (address === undefined) {
    throw new Error('The platform is not installed in the cluster: run `make cluster` without BARE.')
  }
  return { url: `nats://${address}:4222`, monitorUrl: `http://${address}:8222` }
}
