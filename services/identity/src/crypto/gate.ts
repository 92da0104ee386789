/** Thrown at once when as many callers wait as may wait. */
export class GateFullError extends Error {
  constructor() {
    super('too many callers wait')
    this.name = 'GateFullError'
  }
}

export interface Gate {
  /** Runs the work when fewer than `concurrency` others run. Rejects with GateFullError when the queue is full. */
  run: <T>(work: () => Promise<T>) => Promise<T>
}

/** At most `concurrency` at work and `queue` waiting, first come first served. */
export function createGate({ concurrency, queue }: { concurrency: number; queue: number }): Gate {
  const waiting: (() => void)[] = []
  let running = 0
  const enter = async () => {
    if (running < concurrency) {
      running++
      return
    }
    if (waiting.length >= queue) throw new GateFullError()
    // The one who leaves hands over its place, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = () => {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
  return {
    run: async (work) => {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
