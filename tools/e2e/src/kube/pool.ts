import { waitFor } from '@medqueue/cluster'
import type { BookingWorkerPoolSpec } from '@medqueue/contracts'

import { INSTALLATION, type World } from '../world.ts'
import { DEPLOYMENTS, type Deployment, isOver, isServing, type Pod, PODS, POOLS } from './kinds.ts'
import { writeSpec } from './owned.ts'

/** Lets the pool of booking workers follow at once, for as long as a behaviour lasts. */
export const PROMPT = {
  idleAfter: '1s',
  scaleDown: { window: '0s', stepPercent: 100, stepPeriod: '0s' },
} as const satisfies Partial<BookingWorkerPoolSpec>

export async function editPool({ client }: World, spec: Partial<BookingWorkerPoolSpec>): Promise<void> {
  const pool = await client.get(POOLS, INSTALLATION.pool)
  await writeSpec(client, POOLS, { ...pool, spec: { ...pool.spec, ...spec } })
}

/** Does something with another spec of the pool, and puts the old one back. */
export async function withPool<T>(
  world: World,
  spec: Partial<BookingWorkerPoolSpec>,
  work: () => Promise<T>,
): Promise<T> {
  const before = await world.client.get(POOLS, INSTALLATION.pool)
  await editPool(world, spec)
  try {
    return await work()
  } finally {
    await editPool(world, before.spec)
  }
}

/** The pods of one component that are not finished jobs, on their way out or not. */
export async function podsOf({ client }: World, component: string, namespace: string): Promise<Pod[]> {
  const labelSelector = `app.kubernetes.io/component=${component}`
  const { items } = await client.list(PODS, { namespace, labelSelector })
  return items.filter((pod) => !isOver(pod))
}

/** The processes of a component: another one, or one more start, is another text. */
export async function startsOf(world: World, component: string, namespace: string): Promise<string[]> {
  const pods = await podsOf(world, component, namespace)
  return pods
    .map(({ metadata, status }) => {
      const starts = (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)
      return `${metadata.name} ${metadata.uid} ${starts.join()}`
    })
    .sort()
}

/** Waits until exactly so many workers serve and none is on its way out. */
export async function workersAre(world: World, count: number, timeoutMs = 60_000): Promise<void> {
  await waitFor(
    async () => {
      const pods = await podsOf(world, 'booking-worker', INSTALLATION.namespace)
      const serving = pods.filter(isServing).length
      if (serving !== count || pods.length !== count) throw new Error(`${serving} of ${pods.length} serve`)
    },
    { what: `${count} workers`, timeoutMs, everyMs: 100 },
  )
}

/** Waits until every pod of these components serves, and each has one. */
export async function allServing(
  world: World,
  components: readonly string[],
  timeoutMs: number,
): Promise<void> {
  await waitFor(
    async () => {
      for (const component of components) {
        const pods = await podsOf(world, component, INSTALLATION.namespace)
        if (pods.length === 0 || !pods.every(isServing)) throw new Error(`${component} does not serve`)
      }
    },
    { what: components.join(', '), timeoutMs, everyMs: 250 },
  )
}

/** True when a rollout is over: every replica is of the newest template, and ready. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false
  const wanted = spec.replicas ?? 1
  return [status.replicas, status.updatedReplicas, status.readyReplicas].every(
    (count = 0) => count === wanted,
  )
}

/** Waits until each Deployment of the namespace has all its replicas, ready and of the newest template. */
export async function allRolledOut({ client }: World, namespace: string, timeoutMs: number): Promise<void> {
  await waitFor(
    async () => {
      const { items } = await client.list(DEPLOYMENTS, { namespace })
      const waiting = items
        .filter((deployment) => !isRolledOut(deployment))
        .map(({ metadata }) => metadata.name)
      if (waiting.length > 0) throw new Error(`${waiting.join(', ')} not complete`)
    },
    { what: `the Deployments of ${namespace}`, timeoutMs, everyMs: 250 },
  )
}
