import { setTimeout as delay } from 'node:timers/promises'

import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'

import type { Broker, Log } from '@medqueue/messaging'

import { isRequestBatch, type RequestBatch } from '../intake/encoding.ts'
import { requestsIn } from './load.ts'

/** One message of the log with its place. */
export interface LogEntry {
  partition: number
  seq: number
  /** When the broker stored it; Unix milliseconds. */
  storedAt: number
  /** Undefined when the message is no batch: it is put aside as it is. */
  batch: RequestBatch | undefined
  /** What came, when it is no batch. */
  broken?: string
}

export interface LogReaderOptions {
  broker: Broker
  logger: Log
  stream: string
  subject: string
  partition: number
  /** Everything up to here is decided. */
  committed: number
  /** When the stream was made that the sequences belong to. */
  streamCreatedAt: string
  /** The stream is another one now: nothing read by these sequences may be trusted. */
  onReplaced: () => void
  /** Told when entries have arrived. */
  onEntries: () => void
}

/** Entries read ahead of the decisions; bounds the worker's memory. */
const READ_AHEAD = 16
const PULL_EXPIRES_MS = 10_000
const INACTIVE_NANOS = 30 * 1_000_000_000

/**
 * Reads one partition as a log from its committed sequence. The consumer on the broker holds no state that matters:
 * nothing is acknowledged, and on any doubt (a gap, a silence, a reconnect) it is made again at the next sequence.
 *
 *   opening --consumer--> pulling --gap | silence | error--> opening
 */
export class LogReader {
  readonly #options: LogReaderOptions
  readonly #entries: LogEntry[] = []
  readonly #running: Promise<void>
  #next: number
  #stopped = false
  #consumer: Consumer | undefined
  #resume: (() => void) | undefined
  #cancel: (() => void) | undefined

  constructor(options: LogReaderOptions) {
    this.#options = options
    this.#next = options.committed + 1
    this.#running = this.#run()
  }

  get partition(): number {
    return this.#options.partition
  }

  /** The oldest entry not taken yet. */
  peek(): LogEntry | undefined {
    return this.#entries[0]
  }

  take(): LogEntry | undefined {
    const entry = this.#entries.shift()
    if (this.#entries.length < READ_AHEAD / 2) this.#resume?.()
    return entry
  }

  /** Requests read and not taken. */
  get requests(): number {
    return requestsIn(this.#entries)
  }

  /** Messages read and not taken. */
  get entries(): number {
    return this.#entries.length
  }

  /** Messages in the log behind those read; undefined until the broker has said. */
  get behind(): number | undefined {
    return this.#behind
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#resume?.()
    this.#cancel?.()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        this.#consumer = await this.#open()
        await this.#pullOn(this.#consumer)
      } catch (error) {
        const { logger, partition } = this.#options
        if (!this.stopped) {
          logger.warn(
            { err: error, partition, next: this.#next },
            'Log reader interrupted; reading on from the next sequence',
          )
          // Waiting to read on is nothing that a process is to be kept for.
          await delay(250, undefined, { ref: false })
        }
      }
    }
    await this.#consumer?.delete().catch(() => undefined)
  }

  get stopped(): boolean {
    return this.#stopped
  }

  async #pullOn(consumer: Consumer): Promise<void> {
    while (!this.#stopped) await this.#pull(consumer)
  }

  async #open(): Promise<Consumer> {
    const { broker, stream, subject, streamCreatedAt, onReplaced } = this.#options
    // Not waited for: it is gone with the broker's memory, or ends by itself.
    void this.#consumer?.delete().catch(() => undefined)
    const { created } = await broker.jsm.streams.info(stream)
    if (created !== streamCreatedAt) {
      onReplaced()
      throw new Error('the stream was made anew')
    }
    const info = await broker.jsm.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#next,
      filter_subject: subject,
      inactive_threshold: INACTIVE_NANOS,
      mem_storage: true,
      num_replicas: 1,
    })
    this.#delivered = 0
    this.#behind = info.num_pending
    return broker.js.consumers.get(stream, info.name)
  }

  #behind: number | undefined

  /** The consumer's own count: contiguous unless a message was lost on the way. */
  #delivered = 0

  async #pull(consumer: Consumer): Promise<void> {
    if (this.#entries.length >= READ_AHEAD) {
      await new Promise<void>((resolve) => (this.#resume = resolve))
      this.#resume = undefined
      return
    }
    const messages = await consumer.fetch({
      max_messages: READ_AHEAD,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: 1_000,
    })
    this.#cancel = () => messages.stop()
    for await (const message of messages) {
      if (this.#stopped) return
      this.#accept(message)
    }
  }

  #accept(message: JsMsg): void {
    if (message.info.deliverySequence !== this.#delivered + 1) throw new Error('gap in the log')
    this.#delivered = message.info.deliverySequence
    const { partition, onEntries } = this.#options
    this.#behind = message.info.pending
    this.#next = message.seq + 1
    const storedAt = Number(message.timestampNanos / 1_000_000n)
    this.#entries.push({ partition, seq: message.seq, storedAt, ...read(message) })
    onEntries()
  }
}

function read(message: JsMsg): Pick<LogEntry, 'batch' | 'broken'> {
  try {
    const batch = message.json<unknown>()
    if (isRequestBatch(batch)) return { batch }
  } catch {
    // Not even JSON: told below.
  }
  return { batch: undefined, broken: message.string() }
}
