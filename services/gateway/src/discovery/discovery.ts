import {
  type ClusterAccess,
  createClient,
  createInformer,
  defineResource,
  type KubeObject,
  loadKubeConfig,
} from '@medqueue/operator-kit'
import type { Service } from '@medqueue/service-kit'

import { discover, type Discovered, LABEL, type Refusal, type ServiceObject } from '../domain/discovered.ts'
import { discoveryMetrics } from './metrics.ts'

export interface DiscoveryOptions {
  /** Whose Services are routed. */
  namespace: string
  /** How to reach the API server; by default as the pod's service account. */
  access?: ClusterAccess | undefined
  /** Told of all that is found, at each change of it. */
  onFound: (found: Discovered) => void
}

export interface Discovery {
  /** Resolves when the Services have been read once, or a little later without them: the API server may be away. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** How long a gateway that starts waits for its first look at the Services; milliseconds. */
const FIRST_LOOK_MS = 3_000

const services = defineResource<KubeObject & ServiceObject>({
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
})

/**
 * Follows the Services of a namespace that carry the label. Every event decides anew from the whole list, which gives the
 * same routes in whatever order events come. While the API server is away the list stays as it was.
 */
export function createDiscovery(app: Service, options: DiscoveryOptions): Discovery {
  const { namespace, onFound } = options
  const { registry } = app.metrics
  const kubeConfig = options.access ?? loadKubeConfig()
  const client = createClient({ kubeConfig, fieldManager: 'medqueue-gateway', registry })
  const informer = createInformer({
    client,
    resource: services,
    namespace,
    labelSelector: `${LABEL}=true`,
    registry,
    log: app.log,
  })
  const figures = discoveryMetrics(registry)
  const journal = new Journal(app.log)
  informer.onEvent(() => {
    const found = discover(informer.list(namespace), namespace)
    onFound(found)
    figures.show(found)
    journal.write(found)
  })
  return {
    start: async () => {
      informer.start()
      await informer.whenSynced(AbortSignal.timeout(FIRST_LOOK_MS)).catch(() => {
        app.log.warn({ namespace }, 'Services cannot be read yet; starting with the path table alone')
      })
    },
    stop: async () => informer.stop(),
  }
}

/** Logs what was not so before. */
class Journal {
  readonly #log: Service['log']
  #routes = new Set<string>()
  #refusals = new Set<string>()

  constructor(log: Service['log']) {
    this.#log = log
  }

  write({ routes, refusals }: Discovered): void {
    const now = new Set(routes.map(({ prefix, service }) => `${prefix} → ${service}`))
    const added = [...now].filter((route) => !this.#routes.has(route))
    const removed = [...this.#routes].filter((route) => !now.has(route))
    if (added.length + removed.length > 0) this.#log.info({ added, removed }, 'Routes of Services changed')
    this.#routes = now

    const keyOf = (refusal: Refusal) => JSON.stringify(refusal)
    for (const refusal of refusals.filter((one) => !this.#refusals.has(keyOf(one)))) {
      // Each line has a `service` already: the gateway.
      const { service: upstream, ...why } = refusal
      this.#log.warn({ upstream, ...why }, 'Service or path is not routed')
    }
    this.#refusals = new Set(refusals.map(keyOf))
  }
}
