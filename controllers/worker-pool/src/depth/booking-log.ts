import type { StreamInfo } from '@nats-io/jetstream'
import type { Msg, Subscription } from '@nats-io/transport-node'

import { readHeartbeat, readWake, scalingSubjectsOf } from '@medqueue/contracts'
import { apiCode, STREAM_NOT_FOUND } from '@medqueue/messaging'

import { ArrivalLog } from '../decide/arrivals.ts'
import type { Reading } from '../decide/types.ts'
import { Heartbeats, isNews } from './heartbeats.ts'
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

/** Messages in each partition as the broker said. */
interface Anchor {
  at: number
  messages: Map<number, number>
  /** Requests that had come by then, and that workers had dealt with. */
  arrivals: number
  served: number
}

/**
 * The depth of a partitioned log. Workers say what waits in the partitions they read, so while every partition has a
 * worker that speaks nothing is asked. Of the others the broker is asked once in five seconds, and what it counts in
 * messages is turned into requests by what api replicas say of their messages.
 */
export class BookingLogSource implements DepthSource {
  readonly #context: SourceContext
  readonly #name: BookingLogName
  readonly #arrivals = new ArrivalLog()
  readonly #heartbeats = new Heartbeats()
  readonly #subscriptions: Subscription[]
  readonly #poller: Poller
  #anchor: Anchor | undefined
  #requestsPerMessage = 1
  #trouble: Trouble | undefined

  constructor(context: SourceContext, name: BookingLogName) {
    this.#context = context
    this.#name = name
    const { broker, prefix, pool, logger } = context
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
      needed: () => broker.connected() && this.#uncovered(context.now()).length > 0,
      onError: (error) => logger.warn({ err: error, stream: name.stream }, 'Stream could not be read'),
      now: context.now,
    })
  }

  read(): Reading | undefined {
    const { now: clock } = this.#context
    const now = clock()
    const uncovered = this.#uncovered(now)
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
  #uncovered(now: number): number[] {
    const covered = new Set(this.#heartbeats.live(now).flatMap(({ partitions }) => partitions ?? []))
    return Array.from({ length: this.#name.partitions }, (_, partition) => partition).filter(
      (partition) => !covered.has(partition),
    )
  }

  /** The oldest of what the depth is made of. */
  #freshAt(uncovered: readonly number[], now: number): number | undefined {
    const word = this.#heartbeats.oldestWord(now)
    if (uncovered.length === 0) return word
    const asked = this.#anchor?.at
    return asked === undefined || word === undefined ? asked : Math.min(asked, word)
  }

  /** Requests in partitions that nobody reads: those the broker counted and those that came since, less what was done. */
  #unread(uncovered: readonly number[]): number {
    const anchor = this.#anchor
    if (anchor === undefined || uncovered.length === 0) return 0
    const messages = uncovered.reduce((sum, partition) => sum + (anchor.messages.get(partition) ?? 0), 0)
    const { partitions } = this.#name
    const came = ((this.#arrivals.total - anchor.arrivals) * uncovered.length) / partitions
    // Where others still work, they may have done it in partitions of their own.
    const done = uncovered.length === partitions ? this.#served - anchor.served : 0
    return Math.max(0, Math.round(messages * this.#requestsPerMessage + came - done))
  }

  get #served(): number {
    return this.#heartbeats.worked()?.requests ?? 0
  }

  #oldestAge(depth: number, now: number): number | undefined {
    const times = this.#heartbeats.live(now).flatMap(({ oldestAt }) => oldestAt ?? [])
    return times.length > 0 ? Math.max(0, now - Math.min(...times)) : this.#arrivals.ageOf(depth, now)
  }

  async #ask(): Promise<void> {
    const { broker, now, onSignal } = this.#context
    const { stream } = this.#name
    try {
      const filter = this.#name.subjectOf(0).replace(/0$/, '*')
      const info = await broker.jsm.streams.info(stream, { subjects_filter: filter })
      const first = this.#anchor === undefined
      this.#trouble = undefined
      const totals = { arrivals: this.#arrivals.total, served: this.#served }
      this.#anchor = { at: now(), messages: this.#messagesIn(info), ...totals }
      // A wake-up may have been lost.
      if (first || this.#unread(this.#uncovered(now())) > 0) onSignal()
    } catch (error) {
      if (apiCode(error) !== STREAM_NOT_FOUND) throw error
      this.#trouble = { reason: 'StreamMissing', message: `There is no stream ${stream}` }
      this.#anchor = undefined
      onSignal()
    }
  }

  #messagesIn({ state }: StreamInfo): Map<number, number> {
    const { partitions, subjectOf } = this.#name
    const counts = state.subjects ?? {}
    return new Map(Array.from({ length: partitions }, (_, index) => [index, counts[subjectOf(index)] ?? 0]))
  }

  #onWake(text: string): void {
    const wake = readWake(text)
    if (wake === undefined || wake.count === 0) return
    if (wake.messages > 0) {
      const weight = 1 - Math.exp(-wake.messages / MEAN_OVER)
      this.#requestsPerMessage += weight * (wake.count / wake.messages - this.#requestsPerMessage)
    }
    this.#arrivals.add(wake.count, this.#context.now())
    this.#context.onSignal()
  }

  #onHeartbeat(text: string): void {
    const beat = readHeartbeat(text)
    if (beat === undefined) return
    this.#heartbeats.hear(beat, this.#context.now())
    if (isNews(beat)) this.#context.onSignal()
  }
}
