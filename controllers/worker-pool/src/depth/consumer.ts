import { AckPolicy, type ConsumerInfo } from '@nats-io/jetstream'
import type { Msg, Subscription } from '@nats-io/transport-node'

import { readHeartbeat, scalingSubjectsOf } from '@medqueue/contracts'
import { apiCode, STREAM_NOT_FOUND } from '@medqueue/messaging'

import { ArrivalLog } from '../decide/arrivals.ts'
import type { Reading } from '../decide/types.ts'
import { AckKind, ackSubjects, kindOfAck, readAckSubject } from './ack.ts'
import { Heartbeats, isNews } from './heartbeats.ts'
import { Poller } from './poller.ts'
import type { DepthSource, SourceContext, Trouble } from './source.ts'

const CONSUMER_NOT_FOUND = 10_014

export interface ConsumerName {
  stream: string
  consumer: string
}

/** The queue as the broker said it was, and what had been counted by then. */
interface Anchor {
  at: number
  depth: number
  inflight: number
  arrivals: number
  served: number
}

/**
 * The depth of a durable consumer. The broker is asked once in five seconds; between two answers its depth follows from
 * what is heard in passing: messages on its subjects have arrived, and acknowledgements to it have been dealt with.
 *
 *   opening --answer--> known --10 s without an answer--> stale --answer--> known
 */
export class ConsumerSource implements DepthSource {
  readonly #context: SourceContext
  readonly #name: ConsumerName
  readonly #arrivals = new ArrivalLog()
  readonly #heartbeats = new Heartbeats()
  readonly #listening: Subscription[] = []
  readonly #poller: Poller
  #subjects: string[] = []
  #arriving: Subscription[] = []
  #served = 0
  #redelivered = 0
  /** Every delivery up to here is acknowledged, when one acknowledgement stands for all before it. */
  #ackedTo: number | undefined
  #anchor: Anchor | undefined
  #trouble: Trouble | undefined
  /** The question for the stream's subjects, while it is under way. */
  #following: Promise<void> | undefined
  #closed = false

  constructor(context: SourceContext, name: ConsumerName) {
    this.#context = context
    this.#name = name
    const { broker, prefix, pool, logger, clock, askEveryMs } = context
    for (const subject of ackSubjects(name.stream, name.consumer))
      this.#listen(subject, (m) => this.#onAck(m))
    this.#listen(scalingSubjectsOf(prefix).heartbeat(pool), (message) => this.#onHeartbeat(message))
    this.#poller = new Poller({
      ask: () => this.#ask(),
      needed: () => broker.connected(),
      onError: (error) => logger.warn({ err: error, ...name }, 'Consumer could not be read'),
      clock,
      everyMs: askEveryMs,
    })
  }

  /** Deliveries that were not the first of their message. */
  get redelivered(): number {
    return this.#redelivered
  }

  read(): Reading | undefined {
    const anchor = this.#anchor
    if (anchor === undefined) return undefined
    const now = this.#context.clock.monotonic()
    const arrivals = this.#arrivals.total
    const depth = Math.max(0, anchor.depth + arrivals - anchor.arrivals - (this.#served - anchor.served))
    return {
      freshAt: anchor.at,
      depth,
      inflight: Math.min(depth, anchor.inflight),
      oldestAgeMs: this.#arrivals.ageOf(depth, now),
      arrivals,
      recent: this.#arrivals.recent(now),
      served: this.#served,
      worked: this.#heartbeats.worked(),
      parallelism: Infinity,
    }
  }

  trouble(): Trouble | undefined {
    return this.#trouble
  }

  worker(pod: string) {
    return this.#heartbeats.lastOf(pod)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const subscription of [...this.#listening, ...this.#arriving]) subscription.unsubscribe()
    await this.#poller.stop()
    await this.#following
  }

  #listen(subject: string, handle: (message: Msg) => void): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) handle(message)
    }
    this.#listening.push(this.#context.broker.nc.subscribe(subject, { callback }))
  }

  async #ask(): Promise<void> {
    const { broker, clock, onSignal } = this.#context
    const { stream, consumer } = this.#name
    try {
      const info = await broker.jsm.consumers.info(stream, consumer)
      if (this.#closed) return
      const first = this.#anchor === undefined
      this.#settle(info, clock.monotonic())
      // What came through a mirror, or before it was listened to, has not been heard.
      if (first || info.num_pending > 0) onSignal()
    } catch (error) {
      this.#trouble = troubleOf(error, this.#name)
      if (this.#trouble === undefined) throw error
      this.#anchor = undefined
      onSignal()
    }
  }

  #settle({ config, num_pending, num_ack_pending, delivered }: ConsumerInfo, at: number): void {
    this.#trouble = undefined
    this.#ackedTo = config.ack_policy === AckPolicy.All ? delivered.consumer_seq - num_ack_pending : undefined
    this.#follow(config.filter_subjects ?? [config.filter_subject ?? ''])
    this.#anchor = {
      at,
      depth: num_pending + num_ack_pending,
      inflight: num_ack_pending,
      arrivals: this.#arrivals.total,
      served: this.#served,
    }
  }

  /** Counts what is published to the consumer's subjects. Without a filter they are the stream's: asked for once. */
  #follow(filters: string[]): void {
    const wanted = filters.filter((subject) => subject !== '')
    if (wanted.length > 0) this.#subscribe(wanted)
    else if (this.#subjects.length === 0) this.#following ??= this.#followStream()
  }

  async #followStream(): Promise<void> {
    const { broker, logger } = this.#context
    try {
      const { config } = await broker.jsm.streams.info(this.#name.stream)
      this.#subscribe(config.subjects)
    } catch (error) {
      logger.warn({ err: error, ...this.#name }, 'Subjects of the stream could not be read')
    } finally {
      this.#following = undefined
    }
  }

  #subscribe(subjects: string[]): void {
    if (this.#closed || subjects.join(' ') === this.#subjects.join(' ')) return
    for (const subscription of this.#arriving) subscription.unsubscribe()
    this.#subjects = subjects
    const { broker, clock, onSignal, onHeard } = this.#context
    const callback = (error: Error | null) => {
      if (error !== null) return
      onHeard()
      this.#arrivals.add(1, clock.monotonic())
      onSignal()
    }
    this.#arriving = subjects.map((subject) => broker.nc.subscribe(subject, { callback }))
  }

  #onAck(message: Msg): void {
    this.#context.onHeard()
    if (kindOfAck(message.string()) !== AckKind.done) return
    const ack = readAckSubject(message.subject)
    if (ack === undefined) return
    if (ack.deliveries > 1) this.#redelivered += 1
    if (this.#ackedTo === undefined) this.#served += 1
    else {
      this.#served += Math.max(0, ack.consumerSeq - this.#ackedTo)
      this.#ackedTo = Math.max(this.#ackedTo, ack.consumerSeq)
    }
  }

  #onHeartbeat(message: Msg): void {
    const beat = readHeartbeat(message.string())
    if (beat === undefined) return
    this.#heartbeats.hear(beat, this.#context.clock.monotonic())
    if (isNews(beat)) this.#context.onSignal()
  }
}

function troubleOf(error: unknown, { stream, consumer }: ConsumerName): Trouble | undefined {
  const code = apiCode(error)
  if (code === STREAM_NOT_FOUND) {
    return { reason: 'StreamMissing', message: `There is no stream ${stream}` }
  }
  if (code === CONSUMER_NOT_FOUND) {
    return { reason: 'ConsumerMissing', message: `Stream ${stream} has no consumer ${consumer}` }
  }
  return undefined
}
