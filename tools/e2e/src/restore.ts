import type { KubeObject, ObjectKey, Resource } from '@medqueue/operator-kit'

import { type Pool, POOLS, type Queue, QUEUES } from './kube/kinds.ts'
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
    ...['delete', 'bookingworkerpools,bookingqueues', '--namespace', INSTALLATION.namespace],
    ...['--selector', selector.join(','), '--timeout=60s'],
  ])
  await putBack(client, QUEUES, queue)
  await putBack(client, POOLS, pool)
  await removeSignaller(world)
}

/** Gives an object the spec it had, and makes it anew when it is gone. */
export async function putBack<T extends KubeObject & { spec: object }>(
  client: World['client'],
  resource: Resource<T>,
  before: T,
): Promise<void> {
  const { name, namespace = '', labels = {}, annotations = {} } = before.metadata
  const key: ObjectKey = { namespace, name }
  if ((await client.find(resource, key)) !== undefined) {
    await client.patch(resource, key, { spec: before.spec })
    return
  }
  const { apiVersion, kind, spec } = before
  const object = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec }
  await client.create(resource, object as unknown as Parameters<typeof client.create<T>>[1])
}
