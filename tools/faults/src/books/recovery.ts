import type { Answer } from './answer.ts'

/** What recovery is told by: who was booked, and when the key was first sent. Times are Unix milliseconds. */
export type Sign = Pick<Answer, 'ask' | 'doctorId' | 'firstSentAt' | 'at' | 'status'>

/**
 * Waits for the platform to book with every doctor again. Only keys first sent after the moment count: the answer to an
 * older one may have been made before.
 */
export class Recovery {
  readonly #since: number
  readonly #waiting: Set<string>
  #last: number

  constructor(doctors: Iterable<string>, since: number) {
    this.#since = since
    this.#last = since
    this.#waiting = new Set(doctors)
  }

  note({ ask, doctorId, firstSentAt, at, status }: Sign): void {
    if (ask !== 'book' || status !== 201 || firstSentAt < this.#since) return
    if (this.#waiting.delete(doctorId)) this.#last = Math.max(this.#last, at)
  }

  /** Milliseconds from the moment to the first booking of the last doctor; undefined while one has had none. */
  get tookMs(): number | undefined {
    return this.#waiting.size === 0 ? this.#last - this.#since : undefined
  }

  /** Doctors nobody could book yet. */
  get missing(): number {
    return this.#waiting.size
  }
}
