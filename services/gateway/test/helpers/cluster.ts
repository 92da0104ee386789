import dns, { type LookupAddress } from 'node:dns'

import { defineResource, type KubeObject } from '@medqueue/operator-kit'
import { FakeApiServer } from '@medqueue/operator-kit/testing'
import type { ExecutionContext } from 'ava'

import { LABEL, PATHS, type ServiceObject, WEBSOCKET_PATHS } from '../../src/domain/discovered.ts'
import { startUpstream, type TestUpstream, type UpstreamOptions } from './upstream.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

export const NAMESPACE = 'clinic'

type KubeService = KubeObject & ServiceObject

export const services = defineResource<KubeService>({
  apiVersion: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
})

/** A Service, as far as tests differ in it. */
export interface ServiceSketch {
  paths?: string
  websocketPaths?: string
  labels?: Record<string, string>
  namespace?: string
  port?: number
  spec?: Partial<ServiceObject['spec']>
}

export interface Cluster extends World {
  api: FakeApiServer
  /** Names that were looked up, which in a test all lead to this machine. */
  dialled: ReadonlySet<string>
  /** Makes a Service, whose pods are the little server. */
  add: (name: string, sketch?: ServiceSketch) => void
  /** Merge-patches one. */
  change: (name: string, patch: object) => void
  remove: (name: string) => void
  /** A little server, and a Service in front of it. */
  serve: (name: string, sketch: ServiceSketch, options?: UpstreamOptions) => Promise<TestUpstream>
  /** Who answers a path: the name of the little server, or the status. */
  whoAnswers: (path: string) => Promise<string | number>
  /** The figure of that name with that label. */
  metric: (name: string, label: string) => Promise<number | undefined>
}

/** A gateway that looks for Services at an API server with none. */
export async function createCluster(t: ExecutionContext, options: WorldOptions = {}): Promise<Cluster> {
  const api = await FakeApiServer.start()
  t.teardown(async () => api.close())
  const dialled = namesLeadHere()
  // Many gateways share this process; a moment in which none gets its turn must not open a breaker.
  const env = { DISCOVERY_NAMESPACE: NAMESPACE, BREAKER_FAILURES: '100', ...options.env }
  const world = await createWorld(t, { ...options, env, access: options.access ?? api.access() })
  const add = (name: string, sketch: ServiceSketch = {}) =>
    void api.seed<KubeService>(services, serviceOf(name, sketch))
  const key = (name: string) => ({ namespace: NAMESPACE, name })
  return {
    ...world,
    api,
    dialled,
    add,
    change: (name, patch) => void api.change(services, key(name), patch),
    remove: (name) => api.remove(services, key(name)),
    serve: async (name, sketch, upstream = {}) => {
      const server = await startUpstream(t, name, upstream)
      add(name, { port: Number(new URL(server.url).port), ...sketch })
      return server
    },
    whoAnswers: async (path) => {
      const answer = await fetch(`${world.url}${path}`)
      const { from } = (await answer.json()) as { from?: string }
      return answer.ok && from !== undefined ? from : answer.status
    },
    metric: async (name, label) => {
      const text = await (await fetch(`${world.url}/metrics`)).text()
      const found = text.split('\n').find((line) => line.startsWith(`${name}{`) && line.includes(label))
      return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ')))
    },
  }
}

/** As the API server would have it after its defaults. */
export function serviceOf(name: string, sketch: ServiceSketch) {
  const { paths, websocketPaths, labels = { [LABEL]: 'true' }, namespace = NAMESPACE, port = 8080 } = sketch
  const annotations = {
    ...(paths === undefined ? {} : { [PATHS]: paths }),
    ...(websocketPaths === undefined ? {} : { [WEBSOCKET_PATHS]: websocketPaths }),
  }
  return {
    metadata: { name, namespace, labels, annotations },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.7',
      selector: { app: name },
      ports: [{ name: 'http', port, protocol: 'TCP' }],
      ...sketch.spec,
    },
  }
}

const real = dns.lookup
const seen = new Set<string>()

/** The cluster's names, on a machine without its DNS; everything else is looked up as always. */
function namesLeadHere(): ReadonlySet<string> {
  dns.lookup = ((host: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) => {
    if (host === 'localhost' || /^[0-9.:]+$/.test(host)) return real(host, options as never, done as never)
    seen.add(host)
    const address: LookupAddress = { address: '127.0.0.1', family: 4 }
    setImmediate(() =>
      options.all === true ? done(null, [address]) : done(null, address.address, address.family),
    )
  }) as never
  return seen
}
