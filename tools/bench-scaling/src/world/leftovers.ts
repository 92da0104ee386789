import { ApiError, type KubeClient } from '@medqueue/operator-kit'

import { removeMetricsApi } from '../keda/run.ts'
import { POOLS, SCALED_OBJECTS } from './kinds.ts'
import { NAMESPACE } from './names.ts'
import { removeWorkers } from './workers.ts'

/** Takes away what a bench that was killed has left: an API without a server behind it blocks much else. */
export async function removeLeftovers(client: KubeClient): Promise<void> {
  await removeMetricsApi(client)
  for (const { metadata } of await leftScaledObjects(client)) {
    const key = { namespace: NAMESPACE, name: metadata.name }
    // KEDA would take its finalizer away, but it does not run.
    await client.patch(SCALED_OBJECTS, key, { metadata: { finalizers: null } })
    await client.delete(SCALED_OBJECTS, key)
  }
  const { items: pools } = await client.list(POOLS, { namespace: NAMESPACE })
  for (const { metadata } of pools) await client.delete(POOLS, { namespace: NAMESPACE, name: metadata.name })
  await removeWorkers(client)
}

async function leftScaledObjects(client: KubeClient) {
  try {
    return (await client.list(SCALED_OBJECTS, { namespace: NAMESPACE })).items
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [] // There is no such kind.
    throw error
  }
}
