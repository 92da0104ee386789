import { setTimeout as delay } from 'node:timers/promises'

export interface RepeatOptions {
  /** One turn; it returns how long to rest after it, in milliseconds, when that is another time than `restMs`. */
  turn: (stopping: AbortSignal) => Promise<number | undefined>
  /** Rest between two turns, and after one that failed; milliseconds. */
  restMs: number
  /** Told of a turn that failed; the next one comes all the same. */
  onError: (error: unknown) => void
}

export interface Repetition {
  /** Ends a rest at once, and resolves when the turn that runs is done. */
  stop: () => Promise<void>
}

/** Does something again and again, the first time at once, until it is stopped. It keeps no process alive. */
export function repeat({ turn, restMs, onError }: RepeatOptions): Repetition {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = (async () => {
    while (!signal.aborted) {
      const rest = await turn(signal).catch((error: unknown) => {
        onError(error)
        return undefined
      })
      await delay(rest ?? restMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
