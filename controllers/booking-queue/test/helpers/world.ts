import { BookingQueueSpec } from '@medqueue/contracts'
import { type Broker } from '@medqueue/messaging'
import {
  type Clock,
  type Condition,
  createClient,
  createManager,
  findCondition,
  type Manager,
} from '@medqueue/operator-kit'
import { eventReasons, FakeApiServer, until as within } from '@medqueue/operator-kit/testing'
import { connectTestBroker, type Scope, testPrefix } from '@medqueue/testing'
import type { Registry } from 'prom-client'
import { Value } from 'typebox/value'

import { addQueueController } from '../../src/controller.ts'
import { type Queue, QUEUES } from '../../src/kinds.ts'

const nothing = () => undefined
export const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

export const KEY = { namespace: 'north', name: 'booking' }

export interface RunOptions {
  /** Called before each write; throwing keeps it from being made. */
  mayWrite?: () => void
  broker?: () => Broker | undefined
  /** The connection on which changes are listened for; the world's when not given. */
  follows?: Broker
  everyMs?: number
  /** The only namespace looked at; every one when not given. */
  namespace?: string
  /** Asked before each write to the broker, as the leader election is; throws when another process leads. */
  assertLeading?: () => void
  /** Of the work queue and the caches (default: the real one). */
  clock?: Clock
  registry?: Registry
  /** Told of each reconcile that failed. */
  onFailed?: (error: unknown) => void
}

export interface World {
  server: FakeApiServer
  broker: Broker
  prefix: string
  stream: string
  deadLetters: string
  /** Makes the object, as a person would. */
  make: (spec?: object, name?: string) => Queue
  read: (name?: string) => Queue | undefined
  condition: (type: string, name?: string) => Condition | undefined
  events: () => string[]
  /** Runs a controller until the function returned is called. */
  run: (options?: RunOptions) => () => Promise<void>
}

/** An API server, a broker and subjects of the test's own, without a controller until `run` is called. */
export async function createWorld(scope: Scope): Promise<World> {
  const server = await FakeApiServer.start({ kinds: [{ ...QUEUES, status: true }] })
  scope.teardown(async () => server.close())
  const broker = await connectTestBroker(scope)
  const prefix = testPrefix(scope)
  const stream = `${prefix}_BOOKING_REQUESTS`
  const deadLetters = `${prefix}_DEAD_LETTERS`
  const read = (name = KEY.name) => server.read(QUEUES, { ...KEY, name })
  return {
    server,
    broker,
    prefix,
    stream,
    deadLetters,
    read,
    make: (fields = {}, name = KEY.name) => {
      const given = { stream, partitions: 4, replicas: 1, limits: { maxBytes: 1_048_576 }, ...fields }
      const spec = Value.Default(BookingQueueSpec, given) as BookingQueueSpec
      return server.seed(QUEUES, {
        apiVersion: QUEUES.apiVersion,
        kind: QUEUES.kind,
        metadata: { namespace: KEY.namespace, name },
        spec,
      })
    },
    condition: (type, name) => findCondition(read(name)?.status?.conditions, type),
    events: () => eventReasons(server),
    run: (options = {}) => {
      const stop = run(server, broker, prefix, options)
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
  const client = createClient({ kubeConfig, fieldManager: 'booking-queue-controller', timeoutMs })
  const guarded = options.mayWrite === undefined ? client : client.guardedBy(options.mayWrite)
  const { broker: current = () => broker, everyMs = 100, namespace = '', clock, registry } = options
  const { onFailed = nothing } = options
  const error = (fields: object) => onFailed('err' in fields ? fields.err : undefined)
  const manager = createManager({
    client: guarded,
    name: 'medqueue.dev/booking-queue',
    identity: 'test',
    log: { ...logger, error },
    ...(clock !== undefined && { clock }),
    ...(registry !== undefined && { registry }),
  })
  const queues = addQueueController({
    manager: ledBy(manager, options.assertLeading),
    broker: current,
    logger,
    prefix,
    namespace,
    now: Date.now,
    everyMs,
  })
  const stopping = new AbortController()
  const running = manager.run(stopping.signal).catch(nothing)
  queues.follow(options.follows ?? broker)
  return async () => {
    stopping.abort()
    await running
  }
}

function ledBy(manager: Manager, assertLeading?: () => void): Manager {
  if (assertLeading === undefined) return manager
  return new Proxy(manager, {
    get: (target, name: keyof Manager) => {
      if (name === 'leader') return { assertLeading }
      const value: unknown = target[name]
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** The same broker, on which calls about streams go through the function. */
export function brokerWith(
  broker: Broker,
  around: (method: string, call: () => Promise<unknown>) => unknown,
): Broker {
  const streams = new Proxy(broker.jsm.streams, {
    get: (target, name: 'add') => {
      const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>
      return (...args: unknown[]) => around(name, async () => method(...args))
    },
  })
  return { ...broker, jsm: Object.assign(Object.create(broker.jsm) as Broker['jsm'], { streams }) }
}

/** Resolves when the condition holds; rejects when it does not within a minute. */
export const until = (condition: () => boolean | Promise<boolean>) => within(condition, 60_000)
