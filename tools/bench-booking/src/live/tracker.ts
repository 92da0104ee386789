/** A way that is measured: from somebody's request to somebody else's socket. */
export const WAYS = {
  lobby: 'request → doctor’s lobby',
  patient: 'decision → patient',
  taken: 'hold → others’ page',
  freed: 'release → others’ page',
} as const
export type Way = keyof typeof WAYS

interface Expected {
  way: Way
  /** When the request was sent; milliseconds. */
  at: number
  /** Sockets that are still to be told. */
  left: number
}

export interface Tracked {
  /** Milliseconds on each way, in no order. */
  delays: Record<Way, number[]>
  /** Messages that a socket got once too often. */
  doubled: number
}

/** Keeps who is to be told of what, and how long it took. */
export class Tracker {
  readonly #expected = new Map<string, Expected>()
  readonly #now: () => number
  #tracked = empty()
  #left = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Messages under way. */
  get left(): number {
    return this.#left
  }

  /** From now on as many sockets wait for the message. */
  expect(key: string, way: Way, sockets: number): void {
    this.#expected.set(key, { way, at: this.#now(), left: sockets })
    this.#left += sockets
  }

  /** A socket was told. What nobody waits for is passed over. */
  got(key: string): void {
    const expected = this.#expected.get(key)
    if (expected === undefined) return
    if (expected.left === 0) {
      this.#tracked.doubled += 1
      return
    }
    expected.left -= 1
    this.#left -= 1
    this.#tracked.delays[expected.way].push(this.#now() - expected.at)
  }

  /** What was tracked since the last time. */
  take(): Tracked {
    const tracked = this.#tracked
    this.#tracked = empty()
    return tracked
  }
}

const empty = (): Tracked => ({ delays: { lobby: [], patient: [], taken: [], freed: [] }, doubled: 0 })
