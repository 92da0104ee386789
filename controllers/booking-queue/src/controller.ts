import type { BookingQueueStatus } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'
import {
  addFinalizer,
  type Controller,
  hasFinalizer,
  type Informer,
  isDeleting,
  keyOf,
  type KubeClient,
  LeadershipLostError,
  type Manager,
  messageOf,
  type ObjectKey,
  type Phase,
  removeFinalizer,
  type Result,
  onSpecChange,
  watches,
  withoutManagedFields,
} from '@medqueue/operator-kit'

import { onStreamChange } from './advisories.ts'
import { QueueReason } from './conditions.ts'
import { ownerName } from './desired.ts'
import { finalize } from './finalize.ts'
import { FINALIZER, type Queue, QUEUES } from './kinds.ts'
import { queueMetrics, type QueueMetrics } from './metrics.ts'
import { keep } from './reconcile.ts'
import { type Found, isNews, statusOf } from './report.ts'
import type { Writing } from './streams.ts'

export interface QueueControllerOptions {
  manager: Manager
  /** Undefined until the broker has been reached for the first time. */
  broker: () => Broker | undefined
  logger: Log
  prefix: string
  /** Empty: every namespace. */
  namespace: string
  now: () => number
  /** How often the streams are looked at when nothing is heard; milliseconds. */
  everyMs?: number
}

export interface QueueController {
  controller: Controller
  /** To be called when the broker has been reached: looks at every queue, and from then on when a stream changes. */
  follow: (broker: Broker) => void
}

const EVERY_MS = 15_000
const UNREACHABLE_MS = 5_000

/** Keeps the streams of every BookingQueue as its spec says, and tells what waits in them. */
export function addQueueController(options: QueueControllerOptions): QueueController {
  const { manager, namespace } = options
  const queues = manager.informer(QUEUES, { namespace, transform: withoutManagedFields<Queue> })
  const context: Shared = { ...options, queues, told: new Map(), metrics: queueMetrics(manager.registry) }
  const controller = manager.addController({
    name: 'booking-queue',
    maxConcurrent: 4,
    timeoutMs: 60_000,
    queue: { maxDelayMs: 10_000 },
    reconcile: async (key, signal) => {
      const client = manager.client.guardedBy(() => signal.throwIfAborted(), signal)
      return reconcile({ ...context, client, signal }, key)
    },
    sources: [watches(queues, onSpecChange)],
  })
  const lookAt = (wanted: (queue: Queue) => boolean) => {
    for (const queue of queues.list().filter(wanted)) controller.enqueue(keyOf(queue))
  }
  return {
    controller,
    follow: (broker) => {
      onStreamChange(broker, options.logger, (stream) =>
        lookAt(({ spec }) => [spec.stream, spec.deadLetter?.stream].includes(stream)),
      )
      lookAt(() => true)
    },
  }
}

interface Shared extends QueueControllerOptions {
  queues: Informer<Queue>
  /** The status written last, by the object's uid: the cache may still show the one before. */
  told: Map<string, BookingQueueStatus>
  metrics: QueueMetrics
}

/** Of one look at one queue. */
interface Context extends Shared {
  /** Gives its writes up when the look takes too long. */
  client: KubeClient
  /** Aborted when the look takes too long, or when this process may write no more. */
  signal: AbortSignal
}

async function reconcile(context: Context, key: ObjectKey): Promise<Result | undefined> {
  const { queues, client, everyMs = EVERY_MS } = context
  const cached = queues.get(key)
  if (cached === undefined) {
    forget(context, key)
    return undefined
  }
  const queue = withStatus(cached, context.told.get(cached.metadata.uid))
  if (isDeleting(queue)) return remove(context, queue)
  const kept = await addFinalizer(client, QUEUES, queue, FINALIZER)
  const broker = context.broker()
  if (broker?.connected() !== true) {
    await report(context, withStatus(kept, queue.status), { phase: UNREACHABLE, corrected: 0 })
    return { requeueAfterMs: UNREACHABLE_MS }
  }
  const current = withStatus(kept, queue.status)
  await report(context, current, await look(context, current, broker))
  return { requeueAfterMs: everyMs }
}

const withStatus = (queue: Queue, status: BookingQueueStatus | undefined): Queue =>
  status === undefined ? queue : { ...queue, status }

function forget({ metrics, told, queues }: Shared, { namespace, name }: ObjectKey): void {
  metrics.forget({ namespace, queue: name })
  const alive = new Set(queues.list().map(({ metadata }) => metadata.uid))
  for (const uid of told.keys()) if (!alive.has(uid)) told.delete(uid)
}

const UNREACHABLE: Phase = {
  phase: 'reconciling',
  ready: 'Unknown',
  reason: QueueReason.brokerUnreachable,
  message: 'NATS cannot be reached; the streams stay as they are',
}

/** A broker that went away in the middle is told as such; any other failure is told, and tried again. */
async function look(context: Context, queue: Queue, broker: Broker): Promise<Found> {
  const { manager, logger, prefix, now, signal } = context
  const isTaken = (owner: string) => isOfAnother(context, queue, owner)
  const tell = (note: Parameters<typeof manager.events.record>[1]) => manager.events.record(queue, note)
  try {
    return await keep(queue, { ...writingOf(context, broker), logger, prefix, now, isTaken, tell, signal })
  } catch (error) {
    if (!broker.connected()) {
      logger.warn({ err: error }, 'Broker went away')
      return { phase: UNREACHABLE, corrected: 0 }
    }
    const phase = { phase: 'reconciling', ready: 'Unknown', reason: QueueReason.brokerFailing } as const
    await tellFailure(context, queue, phase, error)
    throw error
  }
}

const writingOf = ({ manager: { leader }, signal }: Context, broker: Broker): Writing => ({
  broker,
  assertMayWrite: () => {
    signal.throwIfAborted()
    leader?.assertLeading()
  },
})

/** Nobody here knows what is in namespaces that are not watched: whoever is said to keep a stream there does. */
function isOfAnother({ queues, namespace: watched }: Context, queue: Queue, owner: string): boolean {
  const [namespace = '', name = ''] = owner.split('/')
  if (owner === ownerName(keyOf(queue))) return false
  return (watched !== '' && namespace !== watched) || queues.get({ namespace, name }) !== undefined
}

type Failing = Omit<Phase, 'message'>

/** So that the status does not go on saying what was true before. What cannot be told either hides nothing. */
async function tellFailure(context: Context, queue: Queue, failing: Failing, error: unknown): Promise<void> {
  // Whoever leads no longer has no say.
  if (error instanceof LeadershipLostError) return
  const message = `NATS fails at what is asked of it, and is asked again: ${messageOf(error)}`
  // The look itself may be over, because it took too long.
  const { client } = context.manager
  try {
    await report({ ...context, client }, queue, { phase: { ...failing, message }, corrected: 0 })
  } catch (told) {
    context.logger.warn({ err: told, ...keyOf(queue) }, 'Failure was not told')
  }
}

async function remove(context: Context, queue: Queue): Promise<Result | undefined> {
  const { client, prefix } = context
  if (!hasFinalizer(queue, FINALIZER)) return undefined
  const deleting = { phase: 'reconciling', ready: 'False', reason: QueueReason.deleting } as const
  const broker = context.broker()
  const writing = broker === undefined ? undefined : writingOf(context, broker)
  const done = await finalize(queue, writing, prefix).catch(async (error: unknown) => {
    await tellFailure(context, queue, deleting, error)
    throw error
  })
  if (done) {
    await removeFinalizer(client, QUEUES, queue, FINALIZER)
    forget(context, keyOf(queue))
    return undefined
  }
  const message = 'The streams are to be deleted; NATS cannot be reached'
  await report(context, queue, { phase: { ...deleting, message }, corrected: 0 })
  return { requeueAfterMs: UNREACHABLE_MS }
}

async function report({ client, metrics, told, now }: Context, queue: Queue, found: Found): Promise<void> {
  const { name, namespace = '' } = queue.metadata
  const status = statusOf(queue, found, now())
  const labels = { namespace, queue: name }
  metrics.seen(labels, status)
  if (found.corrected > 0) metrics.corrected(labels, found.corrected)
  if (!isNews(queue.status, status)) return
  const intent = { apiVersion: QUEUES.apiVersion, kind: QUEUES.kind, metadata: { name, namespace }, status }
  await client.applyStatus(QUEUES, intent)
  told.set(queue.metadata.uid, status)
}
