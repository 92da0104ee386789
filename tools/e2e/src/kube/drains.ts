import { INSTALLATION, type World } from '../world.ts'
import { isServing } from './kinds.ts'
import { podsOf } from './pool.ts'

/** How workers answered when they were asked to finish, counted by the operator since the start of its processes. */
export type Drains = Readonly<Record<string, number>>

const LINE = /^medqueue_pool_drains_total\{([^}]*)\} ([\d.e+]+)$/gm

/** The counts of one pool in a page of metrics. */
export function drainsIn(metrics: string, { namespace, name }: { namespace: string; name: string }): Drains {
  const counts: Record<string, number> = {}
  for (const [, labels = '', value] of metrics.matchAll(LINE)) {
    const label = (key: string) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labels)?.[1]
    if (label('namespace') !== namespace || label('pool') !== name) continue
    const answer = label('answer') ?? ''
    counts[answer] = (counts[answer] ?? 0) + Number(value)
  }
  return counts
}

/** Of all the operator's processes together. */
export async function readDrains(world: World): Promise<Drains> {
  const { operatorNamespace, pool } = INSTALLATION
  const sum: Record<string, number> = {}
  for (const pod of (await podsOf(world, 'worker-pool', operatorNamespace)).filter(isServing)) {
    const path = `/api/v1/namespaces/${operatorNamespace}/pods/${pod.metadata.name}:8080/proxy/metrics`
    const drains = drainsIn(await world.kubectl(['get', '--raw', path]), pool)
    for (const [answer, count] of Object.entries(drains)) sum[answer] = (sum[answer] ?? 0) + count
  }
  return sum
}

/** What was answered between two looks. */
export function drainsSince(before: Drains, after: Drains): Record<string, number> {
  const answers = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    answers.flatMap((answer) => {
      const count = (after[answer] ?? 0) - (before[answer] ?? 0)
      return count === 0 ? [] : [[answer, count]]
    }),
  )
}
