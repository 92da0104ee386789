import type { Broker, Log } from '@medqueue/messaging'
import {
  type Controller,
  type ControllerOptions,
  formatKey,
  type Informer,
  type InformerEvent,
  isDeleting,
  keyOf,
  type Manager,
  type ObjectKey,
  type Result,
  onSpecChange,
  watches,
  withoutManagedFields,
} from '@medqueue/operator-kit'

import { apply, type Applied, type ApplyPorts } from './apply.ts'
import { decide } from './decide/decide.ts'
import type { Decision } from './decide/types.ts'
import { askToDrain } from './drainer.ts'
import { gather, type Gathered } from './gather.ts'
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
import { poolMetrics, type PoolMetrics } from './metrics.ts'
import { nextLook } from './next-look.ts'
import { isDue, sentenceOf, statusOf, summaryOf } from './report.ts'
import { type SourcesOptions, sourceOf } from './sources.ts'
import { PoolState } from './state.ts'
import {
  byLabel,
  byQueue,
  byTarget,
  referTo,
  targetIndexKey,
  trimDeployment,
  trimPod,
  type World,
} from './world.ts'

export interface PoolControllerOptions {
  manager: Manager
  broker: () => Broker | undefined
  logger: Log
  prefix: string
  /** Empty: every namespace. */
  namespace: string
  now: () => number
  /** One of many messages was heard in passing. */
  onHeard: () => void
}

export interface PoolController {
  controller: Controller
  /** Looks at every pool now, such as when the broker has been reached. */
  lookAtAll: () => void
  close: () => Promise<void>
}

/** A pool that lacks something is looked at again after so long, even when nobody says that it is there; milliseconds. */
const BLOCKED_MS = 5_000

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
    metrics: poolMetrics(manager.registry),
    enqueue: (key) => controller.enqueue(key),
  }
  const controller: Controller = manager.addController({
    name: 'worker-pool',
    maxConcurrent: CONCURRENT,
    timeoutMs: 20_000,
    queue: { maxDelayMs: 10_000 },
    reconcile: async (key) => reconcile(context, key),
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

interface Context extends PoolControllerOptions {
  world: World
  states: Map<string, PoolState>
  metrics: PoolMetrics
  enqueue: (key: ObjectKey) => void
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

async function reconcile(context: Context, key: ObjectKey): Promise<Result | undefined> {
  const { world, now } = context
  const stateOf = (pool: Pool) => stateFor(context, key, pool)
  const heard = context.states.get(formatKey(key))?.signals ?? 0
  const gathered = gather(key, stateOf, {
    world,
    now,
    sourceOf: (pool, queue) =>
      sourceOf(context satisfies SourcesOptions, stateOf(pool), pool, {
        queue,
        onSignal: () => onSignal(context, key),
      }),
  })
  if (gathered === undefined || isDeleting(gathered.pool)) {
    await forget(context, key)
    return undefined
  }
  const state = stateOf(gathered.pool)
  const decision = decideOn(gathered, state)
  const applied = decision === undefined ? undefined : await act({ context, key, gathered, decision, state })
  await report({ context, key, gathered, decision, state })
  if (decision === undefined) return { requeueAfterMs: BLOCKED_MS }
  const look = nextLook({
    decision,
    reading: gathered.observed?.reading,
    again: applied?.again === true,
    signalled: state.signals !== heard,
    now: now(),
  })
  state.quiet = look.quiet
  return { requeueAfterMs: look.afterMs }
}

function stateFor({ states, now }: Context, key: ObjectKey, pool: Pool): PoolState {
  const text = formatKey(key)
  const known = states.get(text)
  if (known?.uid === pool.metadata.uid) return known
  void known?.close()
  const state = new PoolState(pool, now())
  states.set(text, state)
  return state
}

async function forget({ states, metrics }: Context, key: ObjectKey): Promise<void> {
  const state = states.get(formatKey(key))
  if (state === undefined) return
  states.delete(formatKey(key))
  metrics.forget({ namespace: key.namespace, pool: key.name })
  await state.close()
}

/** Something arrived or has drained: not worth a look of its own while looks follow each other anyway. */
function onSignal({ states, enqueue, now }: Context, key: ObjectKey): void {
  const state = states.get(formatKey(key))
  if (state === undefined) return
  state.signals += 1
  if (state.asleep) state.wokenAt ??= now()
  if (state.asleep || state.quiet) enqueue(key)
}

function decideOn({ observed, blocking }: Gathered, state: PoolState): Decision | undefined {
  if (observed === undefined || blocking !== undefined) return undefined
  const decision = decide(state.memory, observed)
  state.memory = decision.memory
  return decision
}

interface Look {
  context: Context
  key: ObjectKey
  gathered: Gathered
  decision: Decision
  state: PoolState
}

/** Does what was decided, unless the pool only observes, and tells of it. */
async function act({ context, key, gathered, decision, state }: Look): Promise<Applied | undefined> {
  const { manager, metrics, broker, prefix, now } = context
  const labels = { namespace: key.namespace, pool: key.name }
  metrics.decided(labels, decision)
  const { pool, target } = gathered
  if (target === undefined) return undefined
  const before = target.spec.replicas ?? 1
  state.asleep = before === 0
  if (pool.spec.mode === 'Observe') {
    tellObserved({ context, key, gathered, decision, state })
    return undefined
  }
  const ports: ApplyPorts = {
    client: manager.client,
    askToDrain: async (pod) => {
      const reachable = broker()
      return reachable?.connected() === true ? askToDrain(reachable, prefix, pod) : 'silent'
    },
    onAnswer: (answer) => metrics.drainAnswered(labels, answer),
    onOverdue: (pod) => {
      metrics.drainAnswered(labels, 'overdue')
      const note = `Worker ${pod} has not finished in the time that Kubernetes gives it; it is taken away`
      manager.events.record(referTo(key, pool), {
        type: 'Warning',
        reason: 'DrainOverdue',
        action: 'Draining',
        note,
      })
    },
  }
  const applied = await apply({ ...gathered, target }, decision, state, ports)
  if (applied.replicas !== before) {
    state.lastScaleTime = new Date(now()).toISOString()
    metrics.scaled(labels, before, applied.replicas)
    if (state.wokenAt !== undefined) metrics.woken(labels, (now() - state.wokenAt) / 1_000)
    const reason = applied.replicas > before ? 'ScaledUp' : 'ScaledDown'
    const note = `From ${before} to ${applied.replicas} workers. ${sentenceOf(decision)}`
    manager.events.record(referTo(key, pool), { type: 'Normal', reason, action: 'Scaling', note })
  }
  state.asleep = applied.replicas === 0
  if (!state.asleep) state.wokenAt = undefined
  return applied
}

function tellObserved({ context, key, gathered, decision, state }: Look): void {
  if (state.observedWant === decision.want) return
  state.observedWant = decision.want
  const note = `Would run ${decision.want} workers. ${sentenceOf(decision)}`
  const event = { type: 'Normal', reason: 'WouldScale', action: 'Observing', note } as const
  context.manager.events.record(referTo(key, gathered.pool), event)
}

async function report({
  context,
  key,
  gathered,
  decision,
  state,
}: Omit<Look, 'decision'> & { decision: Decision | undefined }): Promise<void> {
  const { manager, broker, now } = context
  const input = { gathered, decision, state, now: now(), up: broker()?.connected() === true }
  const summary = summaryOf(input)
  if (!isDue(summary, state.reported)) return
  const status = statusOf(input)
  const { name, namespace } = key
  const intent = { apiVersion: POOLS.apiVersion, kind: POOLS.kind, metadata: { name, namespace }, status }
  await manager.client.applyStatus(POOLS, intent)
  tellPhase(
    { context, key, gathered, state },
    status.conditions?.find(({ type }) => type === 'Ready'),
  )
  state.reported = summary
}

type Told = { status: string; reason: string; message: string } | undefined

/** An event when the pool has begun or ceased to work. */
function tellPhase({ context, key, gathered, state }: Omit<Look, 'decision'>, ready: Told): void {
  if (ready === undefined || state.toldReason === ready.reason) return
  state.toldReason = ready.reason
  const type = ready.status === 'True' ? 'Normal' : 'Warning'
  const event = { type, reason: ready.reason, action: 'Reconciling', note: ready.message } as const
  context.manager.events.record(referTo(key, gathered.pool), event)
}
