import type { Msg, Subscription } from '@nats-io/transport-node'

import { readHeartbeat, readWake, scalingSubjectsOf } from '@medqueue/contracts'
import { apiCode, STREAM_NOT_FOUND } from '@medqueue/messaging'

import { ArrivalLog } from '../decide/arrivals.ts'
import type { Reading } from '../decide/types.ts'
import { Heartbeats, isNews } from './heartbeats.ts'
import { Partitions, type Totals } from './partitions.ts'
import { Poller } from './poller.ts'
import type { DepthSource, SourceContext, Trouble } from './source.ts'

/** How fast the mean size of messages follows; by messages. */
const MEAN_OVER = 50

export interface BookingLogName {
  stream: string
  partitions: number
  /** Subject of each partition. */
  subjectOf: (partition: number) => string
}

/**
 * The depth of a partitioned log. Workers say what waits in the partitions they read, so while every partition has a
 * worker that speaks nothing is asked. Of the others the broker is asked at once, and again once in five seconds; what it
 * counts in messages is turned into requests by what api replicas say of their messages.
 */
export class BookingLogSource implements DepthSource {
  readonly #context: SourceContext
  readonly #name: BookingLogName
  readonly #arrivals = new ArrivalLog()
  readonly #heartbeats = new Heartbeats()
  readonly #partitions: Partitions
  readonly #subscriptions: Subscription[]
  readonly #poller: Poller
  #requestsPerMessage = 1
  #trouble: Trouble | undefined
  #answered = false

  constructor(context: SourceContext, name: BookingLogName) {
    this.#context = context
    this.#name = name
    this.#partitions = new Partitions(name.partitions)
    const { broker, prefix, pool, logger, clock, askEveryMs } = context
    const subjects = scalingSubjectsOf(prefix)
    const listen = (subject: string, handle: (text: string) => void) =>
      broker.nc.subscribe(subject, {
        callback: (error: Error | null, message: Msg) => {
          if (error === null) handle(message.string())
        },
      })
    this.#subscriptions = [
      listen(subjects.heartbeat(pool), (text) => this.#onHeartbeat(text)),
      listen(subjects.wake(pool), (text) => this.#onWake(text)),
    ]
    this.#poller = new Poller({
      ask: () => this.#ask(),
      // What is wrong with the stream is found out only by asking, also when workers have come to read it meanwhile.
      needed: () => broker.connected() && (this.#trouble !== undefined || this.#uncovered().length > 0),
      onError: (error) => logger.warn({ err: error, stream: name.stream }, 'Stream could not be read'),
      clock,
      everyMs: askEveryMs,
    })
  }

  read(): Reading | undefined {
    const now = this.#context.clock.monotonic()
    const uncovered = this.#uncovered()
    const freshAt = this.#freshAt(uncovered, now)
    if (freshAt === undefined) return undefined
    const live = this.#heartbeats.live(now)
    const inflight = live.reduce((sum, beat) => sum + beat.inflight, 0)
    const told = live.reduce((sum, beat) => sum + (beat.depth ?? 0), 0)
    const depth = told + inflight + this.#unread(uncovered)
    return {
      freshAt,
      depth,
      inflight,
      oldestAgeMs: this.#oldestAge(depth, now),
      arrivals: this.#arrivals.total,
      recent: this.#arrivals.recent(now),
      served: this.#served,
      worked: this.#heartbeats.worked(),
      parallelism: this.#name.partitions,
    }
  }

  trouble(): Trouble | undefined {
    return this.#trouble
  }

  worker(pod: string) {
    return this.#heartbeats.lastOf(pod)
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
    await this.#poller.stop()
  }

  /** Partitions that no worker speaks of. */
  #uncovered(): number[] {
    return this.#partitions.without(this.#heartbeats.live(this.#context.clock.monotonic()))
  }

  /** The oldest of what the depth is made of. */
  #freshAt(uncovered: readonly number[], now: number): number | undefined {
    const word = this.#heartbeats.oldestWord(now)
    if (uncovered.length === 0) return word
    const known = this.#partitions.knownAt(uncovered)
    return known === undefined || word === undefined ? known : Math.min(known, word)
  }

  #unread(uncovered: readonly number[]): number {
    return this.#partitions.unread(uncovered, this.#totals(), this.#requestsPerMessage)
  }

  #totals(): Totals {
    const at = this.#context.clock.monotonic()
    return { at, arrivals: this.#arrivals.total, served: this.#served }
  }

  get #served(): number {
    return this.#heartbeats.worked()?.requests ?? 0
  }

  #oldestAge(depth: number, now: number): number | undefined {
    const times = this.#heartbeats.live(now).flatMap(({ oldestAt }) => oldestAt ?? [])
    if (times.length === 0) return this.#arrivals.ageOf(depth, now)
    // When the broker stored it, by the clock on the wall.
    return Math.max(0, this.#context.clock.now() - Math.min(...times))
  }

  async #ask(): Promise<void> {
    const { broker, onSignal } = this.#context
    const { stream, subjectOf } = this.#name
    try {
      const filter = subjectOf(0).replace(/0$/, '*')
      const { state } = await broker.jsm.streams.info(stream, { subjects_filter: filter })
      const first = !this.#answered
      this.#trouble = undefined
      this.#answered = true
      this.#partitions.counted((partition) => state.subjects?.[subjectOf(partition)] ?? 0, this.#totals())
      // A wake-up may have been lost.
      if (first || this.#unread(this.#uncovered()) > 0) onSignal()
    } catch (error) {
      if (apiCode(error) !== STREAM_NOT_FOUND) throw error
      this.#trouble = { reason: 'StreamMissing', message: `There is no stream ${stream}` }
      this.#answered = false
      this.#partitions.forget()
      onSignal()
    }
  }

  #onWake(text: string): void {
    const wake = readWake(text)
    if (wake === undefined || wake.count === 0) return
    if (wake.messages > 0) {
      const weight = 1 - Math.exp(-wake.messages / MEAN_OVER)
      this.#requestsPerMessage += weight * (wake.count / wake.messages - this.#requestsPerMessage)
    }
    this.#arrivals.add(wake.count, this.#context.clock.monotonic())
    this.#context.onSignal()
  }

  #onHeartbeat(text: string): void {
    const beat = readHeartbeat(text)
    if (beat === undefined) return
    this.#heartbeats.hear(beat, this.#context.clock.monotonic())
    this.#partitions.told(beat, this.#totals())
    // It may have given partitions back, or tell that another has been silent for too long.
    this.#poller.hurry()
    if (isNews(beat)) this.#context.onSignal()
  }
}
