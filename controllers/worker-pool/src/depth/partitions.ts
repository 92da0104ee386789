import type { Heartbeat } from '@medqueue/contracts'

/** What had come and what had been dealt with at a moment, by the monotonic clock; requests. */
export interface Totals {
  at: number
  arrivals: number
  served: number
}

/** What waited in a partition at a moment: as the broker counts, in messages, or as a worker says, in requests. */
interface Known extends Totals {
  messages: number
  requests: number
}

/**
 * What was last known of each partition of a log, and from whom: the broker, or the worker that read it. So when a
 * partition passes from one worker to another, or its worker dies, it is known until the broker has been asked.
 */
export class Partitions {
  readonly #all: readonly number[]
  readonly #known = new Map<number, Known>()

  constructor(count: number) {
    this.#all = Array.from({ length: count }, (_, partition) => partition)
  }

  /** The broker has counted the messages of every partition. */
  counted(messagesIn: (partition: number) => number, totals: Totals): void {
    for (const partition of this.#all) {
      this.#known.set(partition, { ...totals, messages: messagesIn(partition), requests: 0 })
    }
  }

  /** A worker has spoken. It does not say what waits in which of its partitions: they share it alike. */
  told({ partitions = [], depth, inflight }: Heartbeat, totals: Totals): void {
    const requests = ((depth ?? 0) + inflight) / partitions.length
    for (const partition of partitions) {
      if (partition < this.#all.length) this.#known.set(partition, { ...totals, messages: 0, requests })
    }
  }

  /** The stream is gone, and with it what was known. */
  forget(): void {
    this.#known.clear()
  }

  /** Partitions that none of the workers reads. */
  without(beats: readonly Heartbeat[]): number[] {
    const covered = new Set(beats.flatMap(({ partitions }) => partitions ?? []))
    return this.#all.filter((partition) => !covered.has(partition))
  }

  /** When the one of them that was known least recently was known; undefined when one never was. */
  knownAt(partitions: readonly number[]): number | undefined {
    const times = partitions.map((partition) => this.#known.get(partition)?.at ?? -Infinity)
    const oldest = Math.min(...times)
    return oldest === -Infinity ? undefined : oldest
  }

  /** Requests in partitions that nobody reads: those that were known and those that came since, less what was done. */
  unread(partitions: readonly number[], totals: Omit<Totals, 'at'>, requestsPerMessage: number): number {
    const known = partitions.flatMap((partition) => this.#known.get(partition) ?? [])
    const waiting = known.reduce((sum, { messages, requests, arrivals }) => {
      const came = (totals.arrivals - arrivals) / this.#all.length
      return sum + messages * requestsPerMessage + requests + came
    }, 0)
    return Math.max(0, Math.round(waiting - this.#doneSince(known, totals)))
  }

  /** Only when nobody reads any: where others still work, they may have done it in partitions of their own. */
  #doneSince(known: readonly Known[], { served }: Omit<Totals, 'at'>): number {
    if (known.length < this.#all.length) return 0
    return served - Math.max(...known.map((one) => one.served))
  }
}
