import { setTimeout as delay } from 'node:timers/promises'

import { type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'

import type { Broker, Log } from '@medqueue/messaging'

import { readLastOf, readStreamState, type StreamState } from './stream-bounds.ts'

export interface FeedOptions {
  broker: Broker
  stream: string
  /** The pattern of everything in the stream. */
  subject: string
  /**
   * How many of the stream's newest messages to read at the start, before anything new. Infinity: all that there are, also
   * of a stream that was made anew.
   */
  warm: number
  /** Called in stream order, each sequence once. Must not throw. */
  onMessage: (message: JsMsg) => void
  /** Called before the first message, and when the stream turns out to have been made anew: reading starts behind `seq`. */
  onStart: (seq: number) => void
  logger: Log
}

export interface Feed {
  /** Resolves when everything that was in the stream at the start has been handed over. */
  warmed: Promise<void>
  stop: () => Promise<void>
}

const RETRY_MS = 250
/** The broker forgets a consumer that nobody reads; nanoseconds. */
const INACTIVE_NANOS = 30 * 1_000_000_000

/**
 * Reads the stream in order for as long as the process lives. The position is kept here, not in the broker: after any
 * interruption a new ordered consumer starts behind the last sequence handed over, so nothing is lost or doubled.
 *
 *   look at the stream --same--> consume from position + 1 --ended, failed or reconnected--> look at the stream
 *                      --made anew--> onStart(its end), position := its end
 */
export function startFeed(options: FeedOptions): Feed {
  const reader = new Reader(options)
  const running = reader.run()
  return {
    warmed: reader.warmed,
    stop: async () => {
      reader.stop()
      await running
    },
  }
}

class Reader {
  readonly warmed: Promise<void>
  readonly #options: FeedOptions
  readonly #setWarmed: () => void
  readonly #stopping = new AbortController()
  #messages: ConsumerMessages | undefined
  #created: string | undefined
  #position = 0
  /** Last sequence to read before the feed counts as warm. */
  #target = 0

  constructor(options: FeedOptions) {
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.warmed = promise
    this.#setWarmed = () => resolve(undefined)
  }

  stop(): void {
    this.#stopping.abort()
    this.#messages?.stop()
  }

  async run(): Promise<void> {
    void this.#watchConnection()
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#look()
        await this.#consume()
      } catch (error) {
        this.#options.logger.warn({ err: error, seq: this.#position }, 'Event feed interrupted; trying again')
        await delay(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      }
    }
  }

  /** What was under way to us when a connection broke is gone, and an idle consumer would not say so: start anew. */
  async #watchConnection(): Promise<void> {
    for await (const { type } of this.#options.broker.nc.status()) {
      if (this.#stopping.signal.aborted) return
      if (type === 'reconnect') this.#messages?.stop()
    }
  }

  async #look(): Promise<void> {
    const { broker, stream, subject, warm, onStart } = this.#options
    const state = await readStreamState(broker, stream)
    if (this.#created === undefined) {
      // Of the subject there may be nothing for long, however much else is in the stream.
      this.#target = warm === Infinity ? await readLastOf(broker, stream, subject) : state.last
      this.#position = Math.max(state.first - 1, state.last - warm, 0)
      onStart(this.#position)
    } else if (this.#isNew(state)) {
      this.#options.logger.error({ seq: this.#position, last: state.last }, 'Event stream was made anew')
      this.#position = warm === Infinity ? 0 : state.last
      onStart(this.#position)
    }
    this.#created = state.created
    if (this.#position >= this.#target) this.#setWarmed()
  }

  #isNew(state: StreamState): boolean {
    return state.created !== this.#created || state.last < this.#position
  }

  async #consume(): Promise<void> {
    const { broker, stream, subject } = this.#options
    const consumer = await broker.js.consumers.get(stream, {
      filter_subjects: subject,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#position + 1,
      inactive_threshold: INACTIVE_NANOS,
    })
    this.#messages = await consumer.consume({ max_messages: 1_000, expires: 30_000, idle_heartbeat: 5_000 })
    if (this.#stopping.signal.aborted) this.#messages.stop()
    try {
      for await (const message of this.#messages) this.#take(message)
    } finally {
      this.#messages = undefined
      consumer.delete().catch(() => undefined)
    }
  }

  #take(message: JsMsg): void {
    // The library starts a lost consumer again by itself, at times from an earlier place.
    if (message.seq <= this.#position) return
    this.#position = message.seq
    this.#options.onMessage(message)
    if (message.seq >= this.#target) this.#setWarmed()
  }
}
