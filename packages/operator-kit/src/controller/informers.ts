import type { Registry } from 'prom-client'

import { createInformer } from '../informer/informer.ts'
import type { KubeClient } from '../types/client.ts'
import type { Clock, Log, Random } from '../types/clock.ts'
import type { Check } from '../types/controller.ts'
import type { Informer, InformerHealth, InformerScope } from '../types/informer.ts'
import type { KubeObject, Resource } from '../types/object.ts'

/** Longer than any single attempt of an informer may take. */
const STUCK_MS = 600_000

export interface InformersOptions {
  client: KubeClient
  registry: Registry
  clock: Clock
  random: Random
  log: Log
}

interface Shared {
  resource: Resource
  scope: InformerScope<KubeObject>
  informer: Informer<KubeObject>
}

const SCOPE_FIELDS = [
  'namespace',
  'labelSelector',
  'fieldSelector',
  'indexes',
  'transform',
  'timing',
] as const

/** One informer for each different resource and scope, so that controllers share caches and watches. */
export class SharedInformers {
  readonly #options: InformersOptions
  readonly #shared: Shared[] = []
  #started = false

  constructor(options: InformersOptions) {
    this.#options = options
  }

  get<T extends KubeObject>(resource: Resource<T>, scope: InformerScope<T> = {}): Informer<T> {
    const found = this.#shared.find((one) =>
      isSame(one, resource, scope as unknown as InformerScope<KubeObject>),
    )
    if (found !== undefined) return found.informer as unknown as Informer<T>
    const informer = createInformer({ ...this.#options, ...scope, resource })
    this.#shared.push({ resource, scope, informer } as unknown as Shared)
    if (this.#started) informer.start()
    return informer
  }

  start(): void {
    this.#started = true
    for (const { informer } of this.#shared) informer.start()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#shared.map(async ({ informer }) => informer.stop()))
  }

  /** @throws the signal's reason. */
  async synced(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#shared.map(async ({ informer }) => informer.whenSynced(signal)))
  }

  ready(): Check[] {
    return this.#checks((health) => (health.synced ? undefined : (health.lastError ?? 'has not listed yet')))
  }

  live(): Check[] {
    return this.#checks(({ state, stateForMs, silentForMs }) => {
      const idleMs = state === 'watching' ? silentForMs : stateForMs
      return idleMs < STUCK_MS ? undefined : `${state} for ${Math.round(idleMs / 1_000)} s`
    })
  }

  #checks(faultOf: (health: InformerHealth) => string | undefined): Check[] {
    return this.#shared.map(({ resource, informer }) => {
      const fault = faultOf(informer.health())
      const name = `informer-${resource.plural}`
      return fault === undefined ? { name, ok: true } : { name, ok: false, detail: fault }
    })
  }
}

const isSame = (one: Shared, resource: Resource, scope: InformerScope<KubeObject>) =>
  one.resource.apiVersion === resource.apiVersion &&
  one.resource.plural === resource.plural &&
  SCOPE_FIELDS.every((field) => one.scope[field] === scope[field])
