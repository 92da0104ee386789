import { ownerIn, ownerOf } from '@medqueue/contracts'

import type { DiscoveredService } from '../domain/discovered.ts'
import type { Route } from '../domain/route.ts'
import type { Upstream } from './upstream.ts'

export interface RegistryOptions {
  /** The services of the path table, by name. */
  builtIn: ReadonlyMap<string, Upstream>
  /** Makes the upstream of a service that was found. */
  make: (service: string, origin: string) => Upstream
}

interface Found {
  identity: string
  upstream: Upstream
}

/**
 * Who answers which path, now. The path table never changes; what was found in the cluster is replaced as a whole, so
 * that each request sees the routes and upstreams of one moment. What has gone is drained: it gets nothing new, and
 * requests it has begun are answered.
 */
export class Registry {
  readonly #options: RegistryOptions
  #routes: readonly Route[] = []
  #found: ReadonlyMap<string, Found> = new Map()
  readonly #draining = new Set<Upstream>()

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** All of them, those of the path table first. */
  readonly upstreams = (): readonly Upstream[] => {
    return [...this.#options.builtIn.values(), ...[...this.#found.values()].map(({ upstream }) => upstream)]
  }

  /** The route of a path. What was found owns no path of the path table, nor one below it. */
  readonly ownerOf = (path: string): Route | undefined => ownerOf(path) ?? ownerIn(this.#routes, path)

  upstreamOf({ service }: Route): Upstream {
    const upstream = this.#options.builtIn.get(service) ?? this.#found.get(service)?.upstream
    if (upstream === undefined) throw new TypeError(`${service} has a path and no upstream`)
    return upstream
  }

  /** Takes over what was found. A service that is the same as before keeps its connections and its breaker. */
  replace(services: readonly DiscoveredService[], routes: readonly Route[]): void {
    const before = this.#found
    this.#found = new Map(services.map((service) => [service.name, this.#keepOrMake(service)]))
    this.#routes = routes
    for (const [name, { upstream }] of before) {
      if (this.#found.get(name)?.upstream !== upstream) this.#drain(upstream)
    }
  }

  /** Breaks off whatever is under way. */
  async close(): Promise<void> {
    const all = [...this.upstreams(), ...this.#draining]
    await Promise.all(all.map(async (upstream) => upstream.close()))
  }

  #keepOrMake({ name, identity, origin }: DiscoveredService): Found {
    const known = this.#found.get(name)
    if (known?.identity === identity) return known
    return { identity, upstream: this.#options.make(name, origin) }
  }

  #drain(upstream: Upstream): void {
    this.#draining.add(upstream)
    // Only `close` can end a drain otherwise than well, and it waits for the same connections.
    void upstream
      .drain()
      .catch(() => undefined)
      .finally(() => this.#draining.delete(upstream))
  }
}
