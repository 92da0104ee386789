import { createInformer, type KubeClient, type ObjectKey } from '@medqueue/operator-kit'

import { DEPLOYMENTS } from './kinds.ts'

/** `spec.replicas` of a Deployment was changed. Times are Unix milliseconds. */
export interface Change {
  at: number
  from: number
  to: number
}

/** Follows the number of workers that are asked for, through a watch. */
export interface ReplicaWatch {
  readonly changes: readonly Change[]
  /** What is asked for now. */
  replicas: () => number
  stop: () => Promise<void>
}

export async function watchReplicas(
  client: KubeClient,
  key: ObjectKey,
  now: () => number,
): Promise<ReplicaWatch> {
  const { namespace, name } = key
  const fieldSelector = `metadata.name=${name}`
  const informer = createInformer({ client, resource: DEPLOYMENTS, namespace, fieldSelector })
  const changes: Change[] = []
  let replicas = 0
  informer.onEvent((event) => {
    const to = event.object.spec.replicas ?? 1
    if (event.type === 'updated' && to !== replicas) changes.push({ at: now(), from: replicas, to })
    replicas = to
  })
  informer.start()
  await informer.whenSynced()
  return { changes, replicas: () => replicas, stop: async () => informer.stop() }
}

/** How often workers were taken away. */
export const downsIn = (changes: readonly Change[]): number =>
  changes.filter(({ from, to }) => to < from).length

/** The most that were asked for. */
export const peakOf = (changes: readonly Change[]): number => Math.max(0, ...changes.map(({ to }) => to))
