import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { BusyError, type BusyFault, type Interval } from '@medqueue/icalendar'

export interface Question {
  ics: string
  /** Zone of the calendar's owner. */
  zone: string
  range: Interval
}

export type Answer = { intervals: Interval[] } | { fault: BusyFault }

export interface BusyReader {
  /** As `busyTimes` of icalendar; also throws BusyError when it takes too long or too much memory. */
  read: (question: Question) => Promise<Interval[]>
  stop: () => Promise<void>
}

const MOST_MS = 10_000
const MOST_MIB = 192

/**
 * Reads calendars in a thread of its own, one after the other. A text that keeps the thread longer than it may, or
 * fills its memory, costs the thread its life, and the next text gets a new one.
 */
export function createBusyReader({ mostMs = MOST_MS }: { mostMs?: number } = {}): BusyReader {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function ask(question: Question): Promise<Interval[]> {
    worker ??= startWorker()
    const asked = worker
    try {
      const answer = await answerOf(asked, question, mostMs)
      if ('fault' in answer) throw new BusyError(answer.fault)
      return answer.intervals
    } catch (error) {
      if (error instanceof BusyError) throw error
      worker = undefined
      await asked.terminate()
      throw new BusyError('took_too_long', { cause: error })
    }
  }

  return {
    read: async (question) => {
      const turn = last.then(async () => ask(question))
      last = turn.catch(() => undefined)
      return turn
    },
    stop: async () => {
      await worker?.terminate()
      worker = undefined
    },
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MIB },
  })
  // Whoever waits for an answer hears of its failure; without this an idle one's would end the service.
  worker.on('error', () => undefined)
  worker.unref()
  return worker
}

/** Rejects when the thread fails or ends, and when the time is over. */
async function answerOf(worker: Worker, question: Question, mostMs: number): Promise<Answer> {
  const over = new AbortController()
  const { signal } = over
  const timer = setTimeout(() => over.abort(), mostMs)
  const ended = once(worker, 'exit', { signal }).then(() => {
    throw new Error('the thread has ended')
  })
  try {
    const answered = once(worker, 'message', { signal })
    worker.postMessage(question)
    const [answer] = (await Promise.race([answered, ended])) as [Answer]
    return answer
  } finally {
    clearTimeout(timer)
    over.abort()
    ended.catch(() => undefined)
  }
}
