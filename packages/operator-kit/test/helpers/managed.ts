import type { ExecutionContext } from 'ava'
import { Registry } from 'prom-client'

import {
  type ControllerOptions,
  createManager,
  type Manager,
  type ManagerOptions,
  type Reconcile,
  watches,
} from '../../src/index.ts'
import { trackedClient } from '../../src/testing/index.ts'
import { LEASE } from './candidates.ts'
import { pools, type World, world } from './world.ts'

export interface Managed extends World {
  manager: Manager
  /** Asks the manager to stop; resolves when it has. */
  stop: () => Promise<void>
  /** What `run` ended with. */
  ended: Promise<'stopped' | Error>
}

export interface ManagedOptions {
  reconcile: Reconcile
  controller?: Partial<ControllerOptions>
  manager?: Partial<ManagerOptions>
  /** Before `run`. */
  prepare?: (manager: Manager, surroundings: World) => void
}

/** A manager with one controller of pools in a process of its own, as far as that can be. */
export function manage(t: ExecutionContext, surroundings: World, options: ManagedOptions): Managed {
  const { clock } = surroundings
  const registry = new Registry()
  const { client, settled } = trackedClient({
    server: surroundings.server,
    clock,
    registry,
    fieldManager: options.manager?.identity ?? 'tester',
  })
  const manager = createManager({
    client,
    name: 'example.dev/pool',
    identity: 'operator-0',
    clock,
    registry,
    ...options.manager,
  })
  const sources = [watches(manager.informer(pools))]
  manager.addController({ name: 'pool', reconcile: options.reconcile, sources, ...options.controller })
  options.prepare?.(manager, surroundings)
  const stopping = new AbortController()
  const ended = manager.run(stopping.signal).then(
    () => 'stopped' as const,
    (error: unknown) => error as Error,
  )
  const stop = async () => {
    stopping.abort()
    let over = false
    void ended.then(() => (over = true))
    await clock.advanceUntil(() => over, { settled })
  }
  t.teardown(stop)
  const both = async () => {
    await settled()
    await surroundings.settled()
  }
  const metric: World['metric'] = async (name, labels = {}) => {
    const values = (await registry.getSingleMetric(name)?.get())?.values ?? []
    const fitting = values.filter((value) =>
      Object.entries(labels).every(([label, is]) => String(value.labels[label]) === is),
    )
    return fitting.reduce((sum, { value }) => sum + value, 0)
  }
  const turnUntil: World['turnUntil'] = async (condition, limitMs = 600_000) =>
    clock.advanceUntil(condition, { settled: both, limitMs })
  return { ...surroundings, registry, client, settled: both, metric, turnUntil, manager, stop, ended }
}

export async function managed(t: ExecutionContext, options: ManagedOptions): Promise<Managed> {
  return manage(t, await world(t), options)
}

/** Options of a manager that leads only when elected. */
export const elected = (identity: string) => ({ identity, leaderElection: { lease: LEASE } })

/** A reconcile that stays until it is let go or aborted. */
export function staying() {
  const state = { started: 0, aborted: 0, leave: () => undefined as unknown }
  const reconcile: Reconcile = async (_key, signal) => {
    state.started += 1
    await new Promise<void>((resolve, reject) => {
      state.leave = resolve
      signal.addEventListener('abort', () => {
        state.aborted += 1
        reject(signal.reason as Error)
      })
    })
    return {}
  }
  return { state, reconcile }
}

export async function leading(t: ExecutionContext, options: ManagedOptions) {
  const scene = await managed(t, { ...options, manager: { ...elected('operator-0'), ...options.manager } })
  await scene.turnUntil(() => scene.manager.isLeading())
  return scene
}
