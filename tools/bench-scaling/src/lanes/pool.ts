import { waitFor } from '@medqueue/cluster'
import type { BookingWorkerPoolSpec } from '@medqueue/contracts'
import type { KubeClient } from '@medqueue/operator-kit'

import { POOLS, says } from '../world/kinds.ts'
import { CONSUMER, NAMESPACE, POOL, STREAM, WORKERS } from '../world/names.ts'

const READY_MS = 60_000
const KEY = { namespace: NAMESPACE, name: POOL }

/** What a pool of the bench says beside its queue and its Deployment. What it said before and no longer says is gone. */
export type PoolSettings = Pick<BookingWorkerPoolSpec, 'maxReplicas'> &
  Partial<Pick<BookingWorkerPoolSpec, 'minReplicas' | 'idleAfter' | 'scaleDown'>>

export async function applyPool(client: KubeClient, settings: PoolSettings): Promise<void> {
  const spec = {
    consumerRef: { stream: STREAM, consumer: CONSUMER },
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WORKERS.name },
    ...settings,
  }
  await client.apply(POOLS, { metadata: { ...KEY }, spec } as Parameters<typeof client.apply>[1])
}

export async function assertPoolReady(client: KubeClient): Promise<void> {
  if (!says(await client.get(POOLS, KEY), 'Ready')) throw new Error('the pool is not ready')
}

export async function poolIsReady(client: KubeClient): Promise<void> {
  await waitFor(async () => assertPoolReady(client), { what: 'the pool', timeoutMs: READY_MS })
}

/** Resolves when nothing scales the workers any more. */
export async function removePool(client: KubeClient): Promise<void> {
  await client.delete(POOLS, KEY)
  await waitFor(
    async () => {
      if ((await client.find(POOLS, KEY)) !== undefined) throw new Error('it is still there')
    },
    { what: 'the end of the pool', timeoutMs: READY_MS },
  )
}
