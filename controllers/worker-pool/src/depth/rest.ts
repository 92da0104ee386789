/** Messages that come closer together than this follow each other; milliseconds. */
const CLOSE_MS = 15

/** How long the process rests between messages that follow each other; milliseconds. */
const REST_MS = 20

export interface RestOptions {
  /** By the monotonic clock; milliseconds. */
  now: () => number
  /** Stops the whole process for so many milliseconds. */
  stop: (ms: number) => void
  /** Does something once what has been received by now is dealt with. */
  afterwards: (work: () => void) => void
}

/**
 * Lets messages that follow each other be received several at a time. Each that comes alone wakes the process, which costs
 * many times what counting it does; so the process rests for a moment after one that followed another, and what comes
 * meanwhile waits in the connection. A first message is never kept waiting, nor what it leads to: a pool is looked at four
 * times a second while there are messages, and everything else here can wait for as long as a garbage collection.
 */
export class Rest {
  readonly #options: RestOptions
  #heardAt = -Infinity
  #planned = false

  constructor(options: RestOptions) {
    this.#options = options
  }

  /** A message was heard. */
  readonly heard = (): void => {
    const { now, stop, afterwards } = this.#options
    const at = now()
    const follows = at - this.#heardAt < CLOSE_MS
    this.#heardAt = at
    if (!follows || this.#planned) return
    this.#planned = true
    afterwards(() => {
      this.#planned = false
      stop(REST_MS)
    })
  }
}

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** Waits for what never happens: without using the processor, and without letting anything else run. */
export function stopProcess(ms: number): void {
  Atomics.wait(never, 0, 0, ms)
}
