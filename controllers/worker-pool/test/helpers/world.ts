import { randomBytes } from 'node:crypto'

import { BookingWorkerPoolSpec, type BookingWorkerPoolStatus } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'
import {
  type Clock,
  type Condition,
  createClient,
  createManager,
  findCondition,
  systemClock,
} from '@medqueue/operator-kit'
import { eventReasons, FakeApiServer, until as within } from '@medqueue/operator-kit/testing'
import { connectTestBroker, type Scope, testPrefix } from '@medqueue/testing'
import type { Registry } from 'prom-client'
import { Value } from 'typebox/value'

import { addPoolController } from '../../src/controller.ts'
import type { SourceContext } from '../../src/depth/source.ts'
import { isNobodyThere } from '../../src/drainer.ts'
import { type Pool, POOLS, QUEUES } from '../../src/kinds.ts'
import { NAMESPACE, Workload, type WorkloadOptions } from './workload.ts'

const nothing = () => undefined
export const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

export const KEY = { namespace: NAMESPACE, name: 'pool' }

export interface RunOptions {
  mayWrite?: () => void
  broker?: () => Broker | undefined
  /** Of the work queue and the caches (default: the real one). */
  clock?: Clock
  /** Of the decisions (default: the real one). */
  time?: Clock
  registry?: Registry
  onHeard?: () => void
}

export interface World {
  server: FakeApiServer
  broker: Broker
  prefix: string
  stream: string
  workload: Workload
  /** Makes the pool, of the consumer unless another queue is given. */
  make: (spec?: object, name?: string) => Pool
  change: (spec: object) => void
  status: (name?: string) => BookingWorkerPoolStatus | undefined
  condition: (type: string, name?: string) => Condition | undefined
  reason: () => string | undefined
  events: () => string[]
  /** Stores messages for the workers. */
  publish: (count: number) => Promise<void>
  /** Deals with messages, as a worker would. */
  work: (count: number) => Promise<void>
  run: (options?: RunOptions) => () => Promise<void>
}

/** Fast enough for a test: workers go as soon as they are not needed. */
const HASTY = {
  idleAfter: '0s',
  scaleDown: { window: '0s', stepPercent: 100, stepPeriod: '0s' },
  serviceRateEstimate: 100,
}

/** A cluster with a Deployment, and a stream with a durable consumer; no controller until `run` is called. */
export async function createWorld(scope: Scope, options: WorkloadOptions = {}): Promise<World> {
  const kinds = [POOLS, QUEUES].map((kind) => ({ ...kind, status: true }))
  const server = await FakeApiServer.start({ kinds })
  scope.teardown(async () => server.close())
  const broker = await connectTestBroker(scope)
  const prefix = testPrefix(scope)
  const stream = `${prefix}_MAILS`
  await broker.jsm.streams.add({ name: stream, subjects: [`${prefix}.mails.*`] })
  await broker.jsm.consumers.add(stream, {
    durable_name: 'mailers',
    ack_policy: 'explicit',
    ack_wait: 30_000_000_000,
  })
  const pool = (name = KEY.name) => server.read(POOLS, { ...KEY, name })
  return {
    server,
    broker,
    prefix,
    stream,
    workload: new Workload(server, options),
    make: (fields = {}, name = KEY.name) => {
      const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'workers' }
      const given = {
        consumerRef: { stream, consumer: 'mailers' },
        targetRef,
        maxReplicas: 10,
        ...HASTY,
        ...fields,
      }
      const spec = Value.Default(BookingWorkerPoolSpec, given) as BookingWorkerPoolSpec
      const metadata = { namespace: NAMESPACE, name }
      return server.seed(POOLS, { apiVersion: POOLS.apiVersion, kind: POOLS.kind, metadata, spec })
    },
    change: (spec) => void server.change(POOLS, KEY, { spec }),
    status: (name) => pool(name)?.status,
    condition: (type, name) => findCondition(pool(name)?.status?.conditions, type),
    reason: () => pool()?.status?.lastDecision?.reason,
    events: () => eventReasons(server),
    publish: async (count) => {
      const payload = randomBytes(16)
      await Promise.all(
        Array.from({ length: count }, async () => broker.js.publish(`${prefix}.mails.x`, payload)),
      )
    },
    work: async (count) => {
      const consumer = await broker.js.consumers.get(stream, 'mailers')
      for await (const message of await consumer.fetch({ max_messages: count, expires: 5_000 })) message.ack()
      await broker.nc.flush()
    },
    run: (given = {}) => {
      const stop = run(server, broker, prefix, given)
      scope.teardown(stop)
      return stop
    },
  }
}

function run(
  server: FakeApiServer,
  broker: Broker,
  prefix: string,
  options: RunOptions,
): () => Promise<void> {
  // A call that is not answered ends when whoever made it gives it up.
  const timeoutMs = 600_000
  const kubeConfig = server.kubeConfig()
  const client = createClient({ kubeConfig, fieldManager: 'worker-pool-controller', timeoutMs })
  const guarded = options.mayWrite === undefined ? client : client.guardedBy(options.mayWrite)
  const { broker: current = () => broker, clock, registry, time = systemClock, onHeard = nothing } = options
  const manager = createManager({
    client: guarded,
    name: 'medqueue.dev/worker-pool',
    identity: 'test',
    log: logger,
    ...(clock !== undefined && { clock }),
    ...(registry !== undefined && { registry }),
  })
  const pools = addPoolController({
    manager,
    broker: current,
    logger,
    prefix,
    namespace: '',
    clock: time,
    onHeard,
  })
  const stopping = new AbortController()
  const running = manager.run(stopping.signal).catch(nothing)
  return async () => {
    stopping.abort()
    await running
    await pools.close()
  }
}

/** Resolves when the condition holds; rejects when it does not within a minute. */
export const until = (condition: () => boolean | Promise<boolean>) => within(condition, 60_000)

/** Whether anybody listens on a subject, as the broker knows at once. */
export async function hasListeners({ nc }: Broker, subject: string): Promise<boolean> {
  return nc.request(subject, '', { timeout: 50 }).then(
    () => true,
    (error: unknown) => !isNobodyThere(error),
  )
}

/** What a depth source needs to know, with a count of its signals. Other fields may be given. */
export function sourceContext({ broker, prefix }: World, given: Partial<SourceContext> = {}) {
  let signals = 0
  const onSignal = () => void (signals += 1)
  const own = { broker, logger, prefix, pool: KEY.name, clock: systemClock, onSignal, onHeard: nothing }
  return {
    context: { ...own, ...given } satisfies SourceContext,
    signals: () => signals,
  }
}
