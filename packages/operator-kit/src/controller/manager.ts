import { collectDefaultMetrics, Registry } from 'prom-client'

import { pause, systemClock } from '../clock.ts'
import { LeadershipLostError, OperatorError } from '../errors.ts'
import { createEventRecorder } from '../events/recorder.ts'
import { createLeaderElector } from '../leader/elector.ts'
import { silent } from '../log.ts'
import type { KubeClient } from '../types/client.ts'
import type { Clock, Log } from '../types/clock.ts'
import type {
  Check,
  Controller,
  ControllerOptions,
  Manager,
  ManagerOptions,
  Runnable,
} from '../types/controller.ts'
import type { EventRecorder } from '../types/events.ts'
import type { Informer, InformerScope } from '../types/informer.ts'
import type { LeaderElector } from '../types/leader.ts'
import type { KubeObject, Resource } from '../types/object.ts'
import { QueueController } from './controller.ts'
import { SharedInformers } from './informers.ts'

/** What is given to work that was aborted, and to the last events, before they are left behind. */
const LAST_CHANCE_MS = 5_000

function defaultRegistry(): Registry {
  const registry = new Registry()
  // Sampling the event loop each 50 ms, not each 10 ms, keeps an idle process idle.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 })
  return registry
}

/**
 * ```
 *  created ─ run ─▶ standby ──── lease acquired, informers synced ────▶ leading
 *                      │                                                  │  │
 *                      │ signal                        signal, or a       │  │ lease lost
 *                      ▼                               runnable failed    ▼  ▼
 *                   stopped ◀── lease released ◀── work drained ◀── draining  aborted ──▶ run rejects
 * ```
 */
class ControllerManager implements Manager {
  readonly client: KubeClient
  readonly registry: Registry
  readonly events: EventRecorder
  readonly leader: LeaderElector | undefined
  readonly #options: ManagerOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #informers: SharedInformers
  readonly #controllers: QueueController[] = []
  readonly #runnables: Runnable[] = []
  /** Asks everything to finish. */
  readonly #stop = new AbortController()
  /** Asks everything to break off. */
  readonly #abort = new AbortController()
  #phase: 'created' | 'standby' | 'leading' | 'stopping' | 'stopped' = 'created'
  #work: Promise<unknown>[] = []
  #failure: Error | undefined

  constructor(options: ManagerOptions) {
    const { client, clock = systemClock, random = Math.random, log = silent } = options
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.registry = options.registry ?? defaultRegistry()
    const shared = { registry: this.registry, clock, random, log }
    this.#informers = new SharedInformers({ ...shared, client })
    this.leader = this.#elector()
    this.client = client.guardedBy(() => this.#assertMayWrite(), this.#abort.signal)
    const reporter = { controller: options.name, instance: options.identity }
    this.events = createEventRecorder({ ...shared, client: this.client, reporter })
  }

  informer<T extends KubeObject>(resource: Resource<T>, scope?: InformerScope<T>): Informer<T> {
    return this.#informers.get(resource, scope)
  }

  addController(options: ControllerOptions): Controller {
    this.#assertNotStarted()
    if (this.#controllers.some(({ name }) => name === options.name)) {
      throw new OperatorError('OPERATOR_MISUSE', `There is a controller ${options.name} already`)
    }
    const context = { clock: this.#clock, log: this.#log, registry: this.registry }
    const controller = new QueueController(options, context)
    this.#controllers.push(controller)
    return controller
  }

  addRunnable(runnable: Runnable): void {
    this.#assertNotStarted()
    this.#runnables.push(runnable)
  }

  isLeading(): boolean {
    return this.#phase === 'leading' && (this.leader?.isLeader() ?? true)
  }

  ready(): readonly Check[] {
    const running = this.#phase === 'standby' || this.#phase === 'leading'
    const self = { name: 'manager', ok: running, ...(!running && { detail: this.#phase }) }
    return [self, ...this.#informers.ready()]
  }

  live(): readonly Check[] {
    const overdue = this.#phase === 'leading' && !this.isLeading()
    const renewal = {
      name: 'leader-election',
      ok: !overdue,
      ...(overdue && { detail: 'the lease is overdue' }),
    }
    return [renewal, ...this.#informers.live()]
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#assertNotStarted()
    this.#phase = 'standby'
    const stop = () => this.#stop.abort()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      await this.#runUntilStopped()
    } finally {
      signal.removeEventListener('abort', stop)
      this.#phase = 'stopped'
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async #runUntilStopped(): Promise<void> {
    this.#informers.start()
    for (const runnable of this.#runnables) if (runnable.needsLeader === false) this.#begin(runnable)
    const elected = this.leader?.run().catch((error: unknown) => this.#lost(error))
    if (this.leader === undefined) this.#startLeading()
    await new Promise<void>((resolve) => {
      if (this.#stop.signal.aborted) resolve()
      else this.#stop.signal.addEventListener('abort', () => resolve())
    })
    this.#phase = 'stopping'
    this.#log.info({}, 'Manager is stopping')
    await this.#drain()
    // Only now: until the last write was answered, nobody else may begin.
    await this.leader?.stop()
    await elected
    this.#abort.abort(new LeadershipLostError('This process has stopped'))
    await this.#informers.stop()
  }

  #elector(): LeaderElector | undefined {
    const { leaderElection, client, identity, clock, random, log } = this.#options
    if (leaderElection === undefined) return undefined
    return createLeaderElector({
      ...leaderElection,
      client,
      identity,
      registry: this.registry,
      onStartedLeading: () => this.#startLeading(),
      ...(clock !== undefined && { clock }),
      ...(random !== undefined && { random }),
      ...(log !== undefined && { log }),
    })
  }

  #startLeading(): void {
    if (this.#stop.signal.aborted) return
    this.#phase = 'leading'
    for (const runnable of this.#runnables) if (runnable.needsLeader !== false) this.#begin(runnable)
    this.#work.push(this.#startControllers().catch((error: unknown) => this.#fail(error)))
  }

  async #startControllers(): Promise<void> {
    const { signal } = this.#stop
    try {
      await this.#informers.synced(signal)
    } catch (error) {
      // Stopped before there was anything to do.
      if (signal.aborted) return
      throw error
    }
    await Promise.all(this.#controllers.map(async (controller) => controller.run(signal, this.#abort.signal)))
  }

  #begin({ name, run }: Runnable): void {
    const running = run(this.#stop.signal).then(
      () => {
        if (!this.#stop.signal.aborted) this.#log.info({ runnable: name }, 'Runnable finished')
      },
      (error: unknown) => this.#fail(error),
    )
    this.#work.push(running)
  }

  /** Stops in order, then rejects. */
  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error))
    this.#log.error({ err: error }, 'Manager failed')
    this.#stop.abort()
  }

  /** There is nothing left to do in order: another process may be writing already. */
  #lost(error: unknown): void {
    this.#abort.abort(error)
    this.#fail(error)
  }

  async #drain(): Promise<void> {
    const work = Promise.allSettled(this.#work)
    const patience = this.#abort.signal.aborted ? 0 : (this.#options.drainTimeoutMs ?? 20_000)
    const timely = patience > 0 && (await this.#within(work, patience))
    if (timely) {
      await this.#within(this.events.flush(), LAST_CHANCE_MS)
      return
    }
    this.#abort.abort(new LeadershipLostError('The time to finish is over'))
    if (!(await this.#within(work, LAST_CHANCE_MS))) {
      this.#log.error({}, 'Work did not end when aborted and is left behind')
    }
  }

  /** False when it took longer. */
  async #within(work: Promise<unknown>, ms: number): Promise<boolean> {
    const over = new AbortController()
    const late = pause(this.#clock, ms, over.signal).then(() => false)
    try {
      return await Promise.race([work.then(() => true), late])
    } finally {
      over.abort()
    }
  }

  #assertMayWrite(): void {
    if (this.#abort.signal.aborted) throw new LeadershipLostError()
    this.leader?.assertLeading()
  }

  #assertNotStarted(): void {
    if (this.#phase !== 'created')
      throw new OperatorError('OPERATOR_MISUSE', 'The manager was started already')
  }
}

/** Wires informers to queues to reconciles under one leader election; see {@link Manager}. */
export function createManager(options: ManagerOptions): Manager {
  return new ControllerManager(options)
}

/** A manager with one controller, run until the signal. `build` gets the manager to make its informers from. */
export async function runController(
  options: ManagerOptions,
  build: (manager: Manager) => ControllerOptions,
  signal: AbortSignal,
): Promise<void> {
  const manager = createManager(options)
  manager.addController(build(manager))
  await manager.run(signal)
}
