import { type Pool, POOLS, type Queue, QUEUES } from './kube/kinds.ts'
import { writeSpec } from './kube/owned.ts'
import { removeSignaller } from './kube/signals.ts'
import { INSTALLATION, type World } from './world.ts'

/** What the behaviours change and must leave as it was. */
export interface Before {
  pool: Pool
  queue: Queue
}

/** Label of objects that exist for a behaviour only. */
export const TRIAL = { 'medqueue.dev/trial': 'e2e' }

export async function rememberWorld({ client }: World): Promise<Before> {
  return {
    pool: await client.get(POOLS, INSTALLATION.pool),
    queue: await client.get(QUEUES, INSTALLATION.queue),
  }
}

/** Leaves the cluster as it was, also after behaviours that were cut short. */
export async function restoreWorld(world: World, { pool, queue }: Before): Promise<void> {
  const { kubectl, client } = world
  const nodes = await kubectl([
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[?(@.spec.unschedulable)].metadata.name}',
  ])
  for (const node of nodes.split(' ').filter((name) => name !== '')) await kubectl(['uncordon', node])
  const selector = Object.entries(TRIAL).map(([key, value]) => `${key}=${value}`)
  await kubectl([
    ...['delete', 'bookingworkerpools,bookingqueues,services,pods', '--namespace', INSTALLATION.namespace],
    ...['--selector', selector.join(','), '--timeout=60s'],
  ])
  await writeSpec(client, QUEUES, queue)
  await writeSpec(client, POOLS, pool)
  await removeSignaller(world)
}
