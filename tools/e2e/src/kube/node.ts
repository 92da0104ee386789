import { INSTALLATION, type World } from '../world.ts'
import { BUDGETS, isOver, isServing, type Pod, PODS } from './kinds.ts'

const PLACES = [INSTALLATION.namespace, INSTALLATION.operatorNamespace]

/** Only pods of the two charts: others may share the node. */
const selectorOf = (components: readonly string[]): string =>
  [
    `app.kubernetes.io/instance in (${INSTALLATION.release},${INSTALLATION.operatorRelease})`,
    `app.kubernetes.io/component in (${components.join(',')})`,
  ].join(',')

async function podsOfComponents({ client }: World, components: readonly string[]): Promise<Pod[]> {
  const labelSelector = selectorOf(components)
  const lists = await Promise.all(
    PLACES.map(async (namespace) => client.list(PODS, { namespace, labelSelector })),
  )
  return lists.flatMap(({ items }) => items.filter((pod) => !isOver(pod)))
}

/** The node that runs most of the platform. */
export async function busiestNode({ kubectl }: World): Promise<string> {
  const nodes = await kubectl([
    ...['get', 'pods', '--namespace', INSTALLATION.namespace],
    ...['-o', 'jsonpath={range .items[*]}{.spec.nodeName}{"\\n"}{end}'],
  ])
  const counts = Map.groupBy(nodes.trim().split('\n'), (name) => name)
  const [[node] = ['']] = [...counts].sort(([, a], [, b]) => b.length - a.length)
  return node
}

export interface Drain {
  node: string
  components: readonly string[]
  /** How long evictions that a budget refuses are tried again. */
  seconds: number
}

/** Drains the node of these components; resolves to the pods that were evicted. The node stays closed. */
export async function drain(world: World, { node, components, seconds }: Drain): Promise<number> {
  const before = await podsOfComponents(world, components)
  const flags = ['--pod-selector', selectorOf(components), '--delete-emptydir-data', '--ignore-daemonsets']
  // Not all can go where there is no other node: the budgets keep the last ones until the time is over.
  await world
    .kubectl(['drain', node, ...flags, `--timeout=${seconds}s`], { timeoutMs: (seconds + 30) * 1_000 })
    .catch((error: unknown) => {
      if (!String(error).includes('timeout')) throw error
    })
  const left = await podsOfComponents(world, components)
  const staying = new Set(
    left.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.uid] : [])),
  )
  return before.filter(({ metadata }) => !staying.has(metadata.uid)).length
}

/** The components of which at least one pod serves. */
export async function servingOf(world: World, components: readonly string[]): Promise<Set<string>> {
  const pods = await podsOfComponents(world, components)
  return new Set(
    pods.filter(isServing).map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] ?? ''),
  )
}

/** Disruption budgets with fewer healthy pods than they ask for. */
export async function brokenBudgets({ client }: World): Promise<string[]> {
  const lists = await Promise.all(PLACES.map(async (namespace) => client.list(BUDGETS, { namespace })))
  return lists.flatMap(({ items }) =>
    items.flatMap(({ metadata, status }) => {
      const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
      return currentHealthy < desiredHealthy
        ? [`${metadata.name}: ${currentHealthy} of ${desiredHealthy}`]
        : []
    }),
  )
}
