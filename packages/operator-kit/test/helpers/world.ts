import type { ExecutionContext } from 'ava'
import { Registry } from 'prom-client'

import {
  createInformer,
  defineResource,
  type Informer,
  type InformerScope,
  type KubeClient,
  type KubeObject,
  type ObjectKey,
} from '../../src/index.ts'
import {
  FakeApiServer,
  type FakeApiServerOptions,
  FakeClock,
  trackedClient,
} from '../../src/testing/index.ts'

export interface Pool extends KubeObject {
  spec: { size: number; queue?: string }
  status?: { ready?: number; conditions?: unknown[] }
}

export const pools = defineResource<Pool>({
  apiVersion: 'example.dev/v1',
  kind: 'Pool',
  plural: 'pools',
  namespaced: true,
})

export const key = (name: string): ObjectKey => ({ namespace: 'prod', name })

export const pool = (name: string, size = 1) => ({
  metadata: { name, namespace: 'prod' },
  spec: { size },
})

export interface World {
  server: FakeApiServer
  clock: FakeClock
  registry: Registry
  client: KubeClient
  /** Resolves when all calls are answered or wait on purpose. */
  settled: () => Promise<void>
  /** Turns the clock until the condition holds; milliseconds that took. */
  turnUntil: (condition: () => boolean | Promise<boolean>, limitMs?: number) => Promise<number>
  informer: (scope?: InformerScope<Pool>) => Informer<Pool>
  /** The value of a metric, summed over its other labels. */
  metric: (name: string, labels?: Record<string, string>) => Promise<number>
}

/** A server, a clock that stands still, and a client between them; all gone at the end of the test. */
export async function world(t: ExecutionContext, options: FakeApiServerOptions = {}): Promise<World> {
  const clock = new FakeClock()
  const kinds = [{ ...pools, status: true }]
  const server = await FakeApiServer.start({ clock, kinds, ...options })
  const registry = new Registry()
  const { client, settled } = trackedClient({ server, clock, registry })
  const informers: Informer<Pool>[] = []
  t.teardown(async () => {
    await Promise.all(informers.map(async (informer) => informer.stop()))
    await server.close()
  })
  return {
    server,
    clock,
    registry,
    client,
    settled,
    turnUntil: async (condition, limitMs = 600_000) => clock.advanceUntil(condition, { settled, limitMs }),
    informer: (scope = {}) => {
      const informer = createInformer({
        ...scope,
        client,
        resource: pools,
        clock,
        registry,
        random: () => 0.5,
      })
      informers.push(informer)
      return informer
    },
    metric: async (name, labels = {}) => sumOf(registry, name, labels),
  }
}

async function sumOf(registry: Registry, name: string, labels: Record<string, string>): Promise<number> {
  const metric = registry.getSingleMetric(name)
  if (metric === undefined) throw new Error(`there is no metric ${name}`)
  const { values } = await metric.get()
  return values
    .filter((value) => Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted))
    .reduce((sum, { value }) => sum + value, 0)
}
