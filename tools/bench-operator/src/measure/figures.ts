import { MAILS } from '../world/names.ts'
import type { Usage } from './usage.ts'

/** What was counted at one moment. */
export interface Reading {
  /** Milliseconds by a clock that only grows. */
  at: number
  usage: Usage
  /** Calls to the API server, and reconciles, since the start of the controller. */
  calls: number
  reconciles: number
}

/** How often something was asked, and when for the first and the last time; milliseconds by a clock that only grows. */
export interface Asked {
  count: number
  first: number
  last: number
}

/** What a controller took while nothing happened. */
export interface Figures {
  /** Of one core, in percent. */
  cpuPercent: number
  /** The most at any second of the measurement, and the most since the start of the process; MB of 2²⁰ bytes. */
  residentMegabytes: number
  peakMegabytes: number
  /** By second. */
  calls: number
  reconciles: number
  questions: number
  /** Questions about the consumer that was asked about most often; 0 without consumers. By second. */
  questionsOfOne: number
}

export interface Measured {
  before: Reading
  after: Reading
  /** The most that was seen in between. */
  residentMegabytes: number
  /** Calls of the broker's API by subject. */
  questions: ReadonlyMap<string, Asked>
}

export function figuresOf({ before, after, residentMegabytes, questions }: Measured): Figures {
  const seconds = (after.at - before.at) / 1_000
  const rate = (count: number) => count / seconds
  const ofConsumers = [...questions].filter(([subject]) =>
    subject.startsWith(`$JS.API.CONSUMER.INFO.${MAILS}.`),
  )
  return {
    cpuPercent: rate(after.usage.cpuSeconds - before.usage.cpuSeconds) * 100,
    residentMegabytes,
    peakMegabytes: after.usage.peakMegabytes,
    calls: rate(after.calls - before.calls),
    reconciles: rate(after.reconciles - before.reconciles),
    questions: rate([...questions.values()].reduce((sum, { count }) => sum + count, 0)),
    questionsOfOne: Math.max(0, ...ofConsumers.map(([, asked]) => paceOf(asked))),
  }
}

/** By the time between the first and the last, so that it does not matter how many the measurement happens to hold. */
const paceOf = ({ count, first, last }: Asked) => (count < 2 ? 0 : ((count - 1) * 1_000) / (last - first))
