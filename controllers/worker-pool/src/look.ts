import type { KubeClient, Manager, ObjectKey } from '@medqueue/operator-kit'

import type { Decision } from './decide/types.ts'
import type { Gathered } from './gather.ts'
import type { PoolMetrics } from './metrics.ts'
import type { SourcesOptions } from './sources.ts'
import type { PoolState } from './state.ts'
import type { World } from './world.ts'

/** What every look at a pool needs. */
export interface Context extends SourcesOptions {
  manager: Manager
  world: World
  states: Map<string, PoolState>
  metrics: PoolMetrics
  enqueue: (key: ObjectKey) => void
}

/** One look at one pool. */
export interface Look {
  context: Context
  key: ObjectKey
  gathered: Gathered
  /** Undefined while something is missing that only a person can bring. */
  decision: Decision | undefined
  state: PoolState
  /** Signals heard before the look began. */
  heard: number
  /** Gives its writes up when the look takes too long. */
  client: KubeClient
}

/** A look that led to a decision. */
export type DecidedLook = Look & { decision: Decision }

export const labelsOf = ({ namespace, name }: ObjectKey) => ({ namespace, pool: name })
