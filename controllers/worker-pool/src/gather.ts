import type { Clock, ObjectKey } from '@medqueue/operator-kit'

import type { Observed } from './decide/types.ts'
import type { DepthSource } from './depth/source.ts'
import { type Problem, PoolReason } from './conditions.ts'
import type { Deployment, Pool, Queue } from './kinds.ts'
import { followMarks } from './marks.ts'
import { selectorText } from './selector.ts'
import type { PoolState } from './state.ts'
import { countWorkers, type Worker, workersOf } from './workers.ts'
import { podsNear, targetIndexKey, type World } from './world.ts'

/** Everything that one look at a pool needs, read from caches only. */
export interface Gathered {
  pool: Pool
  /** What only a person can put right. Any of `blocking` keeps the pool from scaling at all. */
  blocking: Problem | undefined
  warning: Problem | undefined
  target: Deployment | undefined
  selector: string | undefined
  workers: Worker[]
  /** What the decision is made from; undefined while something is missing. */
  observed: Observed | undefined
}

export interface GatherPorts {
  world: World
  /** The source of the pool's queue, opened when it is not yet; undefined while the broker is out of reach. */
  sourceOf: (pool: Pool, queue: Queue | undefined) => DepthSource | undefined
  clock: Pick<Clock, 'now' | 'monotonic'>
}

/** Reads the pool's whole world. Undefined when there is no such pool. */
export function gather(
  key: ObjectKey,
  stateOf: (pool: Pool) => PoolState,
  { world, sourceOf, clock }: GatherPorts,
): Gathered | undefined {
  const pool = world.pools.get(key)
  if (pool === undefined) return undefined
  const state = stateOf(pool)
  const empty = { pool, warning: undefined, selector: undefined, workers: [], observed: undefined }
  const target = world.deployments.get({ namespace: key.namespace, name: pool.spec.targetRef.name })
  const queue = queueOf(pool, key, world)
  const missing = missingOf(pool, target, queue) ?? takenBy(pool, key, world)
  if (missing !== undefined || target === undefined) {
    return { ...empty, target, blocking: missing }
  }
  const source = sourceOf(pool, queue)
  const trouble = source?.trouble()
  const at = clock.monotonic()
  const pods = podsNear(world.pods, key.namespace, target.spec.selector)
  const workers = workersOf(target, pods, state, { wordOf: (pod) => source?.worker(pod), now: at })
  state.keepOnly(new Set(workers.map(({ uid }) => uid)))
  followMarks(state, workers)
  const budgets = world.budgets.list(key.namespace)
  const generation = pool.metadata.generation ?? 0
  const prewarm = state.prewarm(pool.spec, generation, clock.now())
  const [fault] = prewarm.faults
  return {
    pool,
    target,
    workers,
    selector: selectorText(target.spec.selector),
    blocking: trouble,
    warning: fault === undefined ? undefined : { reason: PoolReason.prewarmInvalid, message: fault },
    observed: {
      now: at,
      policy: state.policy(pool.spec, generation),
      prewarm: prewarm.replicas,
      workers: countWorkers(target, workers, { plain: state.plain, now: at, budgets, pods }),
      reading: source?.read(),
    },
  }
}

function queueOf({ spec }: Pool, { namespace }: ObjectKey, { queues }: World): Queue | undefined {
  return spec.queueRef === undefined ? undefined : queues.get({ namespace, name: spec.queueRef.name })
}

function missingOf(
  { spec }: Pool,
  target: Deployment | undefined,
  queue: Queue | undefined,
): Problem | undefined {
  if (target === undefined) {
    const message = `There is no Deployment ${spec.targetRef.name} in this namespace`
    return { reason: PoolReason.targetMissing, message }
  }
  if (spec.queueRef !== undefined && queue === undefined) {
    const message = `There is no BookingQueue ${spec.queueRef.name} in this namespace`
    return { reason: PoolReason.queueMissing, message }
  }
  return undefined
}

/** Two pools would undo each other's work: the older one scales. A pool that only observes takes nothing. */
function takenBy(pool: Pool, key: ObjectKey, { pools }: World): Problem | undefined {
  if (pool.spec.mode === 'Observe') return undefined
  const older = pools
    .byIndex('target', targetIndexKey(key.namespace, pool.spec.targetRef.name))
    .find((other) => other.spec.mode === 'Active' && isOlder(other, pool))
  if (older === undefined) return undefined
  const message = `The pool ${older.metadata.name} scales Deployment ${pool.spec.targetRef.name} already`
  return { reason: PoolReason.targetTaken, message }
}

function isOlder(one: Pool, other: Pool): boolean {
  const age = ({ metadata }: Pool) => `${metadata.creationTimestamp ?? ''} ${metadata.name}`
  return one.metadata.uid !== other.metadata.uid && age(one) < age(other)
}
