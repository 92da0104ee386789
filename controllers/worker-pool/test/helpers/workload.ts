import type { FakeApiServer } from '@medqueue/operator-kit/testing'

import { DEPLOYMENTS, type Deployment, type Pod, PODS } from '../../src/kinds.ts'
import { DELETION_COST } from '../../src/world.ts'

export const NAMESPACE = 'north'
export const LABELS = { app: 'workers' }

export interface WorkloadOptions {
  replicas?: number
  name?: string
  /** Pods become ready only when `makeReady` is called. */
  slow?: boolean
}

/**
 * What Kubernetes does with a Deployment: makes pods, and takes away first the unready ones, then those of the lowest
 * deletion cost. Everything at once.
 */
export class Workload {
  readonly key: { namespace: string; name: string }
  /** The largest number of pods at a time. */
  most = 0
  /** Names of pods taken away, in order. */
  readonly removed: string[] = []
  readonly #server: FakeApiServer
  readonly #slow: boolean
  #late = false
  #made = 0

  constructor(server: FakeApiServer, { replicas = 0, name = 'workers', slow = false }: WorkloadOptions = {}) {
    this.#server = server
    this.#slow = slow
    this.key = { namespace: NAMESPACE, name }
    server.seed(DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...this.key },
      spec: { replicas, selector: { matchLabels: LABELS } },
    })
    this.#follow()
    server.onWrite(({ request }) => {
      if (request.plural === 'deployments' && request.name === name) this.#follow()
    })
  }

  get deployment(): Deployment {
    const found = this.#server.read(DEPLOYMENTS, this.key)
    if (found === undefined) throw new Error('there is no such Deployment')
    return found
  }

  get replicas(): number {
    return this.deployment.spec.replicas ?? 1
  }

  get pods(): Pod[] {
    return this.#server.readAll(PODS).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  }

  makeReady(): void {
    for (const { metadata } of this.pods) this.#ready({ namespace: NAMESPACE, name: metadata.name })
    this.#tellStatus()
  }

  /** Nothing is done about what is asked for until the function returned is called. */
  fallBehind(): () => void {
    this.#late = true
    return () => {
      this.#late = false
      this.#follow()
    }
  }

  #follow(): void {
    if (this.#late) return
    const wanted = this.replicas
    while (this.pods.length < wanted) this.#add()
    const order = this.pods.toSorted((a, b) => readiness(a) - readiness(b) || costOf(a) - costOf(b))
    for (const { metadata } of order.slice(0, Math.max(0, order.length - wanted))) {
      this.removed.push(metadata.name)
      this.#server.remove(PODS, { namespace: NAMESPACE, name: metadata.name })
    }
    this.most = Math.max(this.most, wanted)
    this.#tellStatus()
  }

  #add(): void {
    this.#made += 1
    const key = { namespace: NAMESPACE, name: `${this.key.name}-${this.#made}` }
    const metadata = { ...key, labels: LABELS }
    this.#server.seed(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec: {} })
    if (!this.#slow) this.#ready(key)
  }

  #ready(key: { namespace: string; name: string }): void {
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
    this.#server.change(PODS, key, { status }, 'status')
  }

  #tellStatus(): void {
    const { pods, deployment } = this
    const status = {
      observedGeneration: deployment.metadata.generation,
      replicas: pods.length,
      updatedReplicas: pods.length,
      readyReplicas: pods.filter((pod) => readiness(pod) === 1).length,
    }
    this.#server.change(DEPLOYMENTS, this.key, { status }, 'status')
  }
}

const readiness = ({ status }: Pod) =>
  status?.conditions?.some((one) => one.status === 'True') === true ? 1 : 0
const costOf = ({ metadata }: Pod) => Number(metadata.annotations?.[DELETION_COST] ?? 0)
