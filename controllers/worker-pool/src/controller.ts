import {
  type Controller,
  type ControllerOptions,
  type Informer,
  type InformerEvent,
  keyOf,
  type Manager,
  onSpecChange,
  watches,
  withoutManagedFields,
} from '@medqueue/operator-kit'

import {
  BUDGETS,
  type Budget,
  DEPLOYMENTS,
  type Deployment,
  PODS,
  POOLS,
  type Pool,
  QUEUES,
  type Queue,
} from './kinds.ts'
import type { Context } from './look.ts'
import { poolMetrics } from './metrics.ts'
import { reconcile } from './reconcile.ts'
import type { SourcesOptions } from './sources.ts'
import { byLabel, byQueue, byTarget, targetIndexKey, trimDeployment, trimPod, type World } from './world.ts'

export interface PoolControllerOptions extends SourcesOptions {
  manager: Manager
  /** Empty: every namespace. */
  namespace: string
}

export interface PoolController {
  controller: Controller
  /** Looks at every pool now, such as when the broker has been reached. */
  lookAtAll: () => void
  close: () => Promise<void>
}

/** Pools worked on at a time. */
const CONCURRENT = 8

/** Scales the workers of every BookingWorkerPool: gathers, decides, applies, reports, and comes again at the next tick. */
export function addPoolController(options: PoolControllerOptions): PoolController {
  const { manager } = options
  const world = worldOf(manager, options.namespace)
  const context: Context = {
    ...options,
    world,
    states: new Map(),
    metrics: poolMetrics(manager.registry, options.clock.monotonic),
    enqueue: (key) => controller.enqueue(key),
  }
  const controller: Controller = manager.addController({
    name: 'worker-pool',
    maxConcurrent: CONCURRENT,
    timeoutMs: 20_000,
    queue: { maxDelayMs: 10_000 },
    reconcile: async (key, signal) => reconcile(context, key, signal),
    sources: sourcesOf(world),
  })
  return {
    controller,
    lookAtAll: () => {
      for (const pool of world.pools.list()) controller.enqueue(keyOf(pool))
    },
    close: async () => {
      await Promise.all([...context.states.values()].map(async (state) => state.close()))
      context.states.clear()
    },
  }
}

function worldOf(manager: Manager, namespace: string): World {
  const scope = { namespace }
  return {
    pools: manager.informer(POOLS, {
      ...scope,
      transform: withoutManagedFields<Pool>,
      indexes: { target: byTarget, queue: byQueue },
    }),
    queues: manager.informer(QUEUES, { ...scope, transform: withoutManagedFields<Queue> }),
    deployments: manager.informer(DEPLOYMENTS, { ...scope, transform: trimDeployment }),
    pods: manager.informer(PODS, { ...scope, transform: trimPod, indexes: { label: byLabel } }),
    budgets: manager.informer(BUDGETS, { ...scope, transform: withoutManagedFields<Budget> }),
  }
}

/** What brings a pool to be looked at before its next tick. Pods and budgets wait for the tick. */
function sourcesOf({ pools, queues, deployments, pods, budgets }: World): ControllerOptions['sources'] {
  const poolsBy = (index: string) => (event: InformerEvent<Deployment | Queue>) => {
    const { namespace = '', name } = event.object.metadata
    return pools.byIndex(index, targetIndexKey(namespace, name)).map(keyOf)
  }
  const nobody = () => []
  return [
    watches(pools, onSpecChange),
    watches(queues, poolsBy('queue')),
    watches(deployments, poolsBy('target')),
    watches(pods as Informer<Pool>, nobody),
    watches(budgets as Informer<Pool>, nobody),
  ]
}
