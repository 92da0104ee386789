import type { Heartbeat } from '@medqueue/contracts'

import type { Worked } from '../decide/types.ts'

/** A worker that has not spoken for so long is no longer counted on; milliseconds. */
export const SILENT_AFTER_MS = 3_500

/** What it said before its end is forgotten after so long; milliseconds. */
const FORGET_AFTER_MS = 120_000

/** Worth a look at a pool that is quiet: the worker has finished, or there is work. */
export const isNews = ({ drained, draining, depth, inflight }: Heartbeat): boolean =>
  drained || (!draining && (inflight > 0 || (depth ?? 0) > 0))

/** What a worker said last, and when it was heard by the monotonic clock; milliseconds. */
export interface Word extends Heartbeat {
  at: number
}

/**
 * The last word of each worker, and sums over them that only grow: a worker that has started anew counts from 0 again,
 * and one that is gone keeps what it did.
 */
export class Heartbeats {
  readonly #heard = new Map<string, Word>()
  #requests = 0
  #seconds = 0

  hear(beat: Heartbeat, now: number): void {
    const before = this.#heard.get(beat.pod)
    const restarted =
      before === undefined || beat.served < before.served || beat.busySeconds < before.busySeconds
    // The first word of a worker tells of work from before anybody listened.
    if (!restarted) {
      this.#requests += beat.served - before.served
      this.#seconds += beat.busySeconds - before.busySeconds
    }
    this.#heard.set(beat.pod, { ...beat, at: now })
    for (const [pod, { at }] of this.#heard) if (now - at > FORGET_AFTER_MS) this.#heard.delete(pod)
  }

  /** The last word of a worker, however long ago; the end of one that drained is silent. */
  lastOf(pod: string): Word | undefined {
    return this.#heard.get(pod)
  }

  /** Workers that speak now. */
  live(now: number): Word[] {
    return [...this.#heard.values()].filter(({ at }) => now - at <= SILENT_AFTER_MS)
  }

  /** When the one of them that spoke least recently did so; undefined when none speaks. */
  oldestWord(now: number): number | undefined {
    const times = this.live(now).map(({ at }) => at)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Undefined until a worker has spoken. */
  worked(): Worked | undefined {
    if (this.#heard.size === 0 && this.#requests === 0) return undefined
    return { requests: this.#requests, seconds: this.#seconds }
  }
}
