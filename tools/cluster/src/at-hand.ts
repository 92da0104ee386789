/**
 * `at-hand.ts`: whether `make cluster` could start a node here at once, without building or installing a program: for CI, whose time
 * is bounded. Says what stands in the way; exit code 1 when something does.
 */
import { assertPortFree, cached, isRoot, onPath } from '@medqueue/servers'

import { clusterLayout, PORTS } from './layout.ts'
import { missingPackages } from './node/requirements.ts'
import { cacheName, CLUSTER_PROGRAMS, programNamed } from './programs/catalog.ts'

export interface Surroundings {
  platform: NodeJS.Platform
  root: boolean
  /** Names of programs that would have to be built. */
  unbuilt: readonly string[]
  /** Names of packages that would have to be installed. */
  uninstalled: readonly string[]
  /** Ports of the node that somebody else listens on. */
  taken: readonly number[]
}

/** What stands in the way of a node, each in a few words; empty when nothing does. */
export function obstaclesIn({ platform, root, unbuilt, uninstalled, taken }: Surroundings): string[] {
  return [
    ...(platform === 'linux' ? [] : ['this is not Linux']),
    ...(root ? [] : ['a node needs root']),
    ...(unbuilt.length === 0 ? [] : [`not in the cache: ${unbuilt.join(', ')}`]),
    ...(uninstalled.length === 0 ? [] : [`not installed: ${uninstalled.join(', ')}`]),
    ...(taken.length === 0 ? [] : [`ports in use: ${taken.join(', ')}`]),
  ]
}

/** What images are built with. */
const BUILDERS = ['buildah', 'gcc']

async function surroundings(): Promise<Surroundings> {
  const unbuilt: string[] = []
  for (const name of CLUSTER_PROGRAMS) {
    if ((await cached(cacheName(programNamed(name)))) === undefined) unbuilt.push(name)
  }
  const uninstalled = await missingPackages()
  for (const name of BUILDERS) if ((await onPath(name)) === undefined) uninstalled.push(name)
  const taken: number[] = []
  for (const port of [clusterLayout().ingressPort, ...Object.values(PORTS)]) {
    await assertPortFree(port, 'the cluster').catch(() => taken.push(port))
  }
  return { platform: process.platform, root: isRoot(), unbuilt, uninstalled, taken }
}

if (import.meta.main) {
  const obstacles = obstaclesIn(await surroundings())
  for (const obstacle of obstacles) console.log(obstacle)
  process.exitCode = obstacles.length === 0 ? 0 : 1
}
