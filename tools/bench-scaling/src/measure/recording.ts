import type { Trace } from '@medqueue/worker-pool-controller/traces'

import { misfit } from './need.ts'
import { quantile } from './statistics.ts'
import { firstRise, integral, reversals, type Step } from './steps.ts'

/** Everything that was seen in one run. Times are seconds from the first message. */
export interface Recording {
  /** When each message was given to the broker, in order. */
  published: number[]
  /** When each was dealt with for the first time; null: not by the end. */
  done: (number | null)[]
  /** Messages dealt with more than once. */
  doubled: number
  /** Deliveries that were not the first of their message. */
  redelivered: number
  /** Messages delivered after one that came later. */
  disordered: number
  /** Workers that the Deployment was asked for. */
  asked: Step[]
  /** Workers ready and not about to end, as a Deployment counts them. */
  ready: Step[]
  /** What the scaler asked the broker, while the trace ran. */
  questions: number
  /** Of the scaler's processes, while the trace ran. */
  cpuSeconds: number
  peakMegabytes: number
  /** Seconds in which every core was more than 90 % busy. */
  busySeconds: number
  /** How late a message was published at most, against the schedule. */
  publisherLag: number
}

/** The figures of one run; times in seconds. */
export interface Figures {
  messages: number
  p50: number
  p95: number
  p99: number
  /** Share of messages that waited longer than ten seconds. */
  late: number
  /** From the first message to the first worker asked for, and to the first one ready; null: never. */
  firstAsked: number | null
  firstReady: number | null
  /** From the first message to the last one done. */
  drain: number
  podSeconds: number
  /** podSeconds by the ideal. */
  cost: number
  over: number
  under: number
  peak: number
  reversals: number
  redelivered: number
  lost: number
  doubled: number
  disordered: number
  questionsPerSecond: number
  cpuSeconds: number
  peakMegabytes: number
  busySeconds: number
  publisherLag: number
}

/** What no message should wait longer than; seconds. */
const OBJECTIVE = 10

/** Messages that were published and not yet dealt with. */
export function backlogOf({ published, done }: Pick<Recording, 'published' | 'done'>): Step[] {
  const changes = [
    ...published.map((at) => ({ at, by: 1 })),
    ...done.flatMap((at) => (at === null ? [] : [{ at, by: -1 }])),
  ].toSorted((a, b) => a.at - b.at || b.by - a.by)
  let value = 0
  return changes.map(({ at, by }) => ({ at, value: (value += by) }))
}

/** From published to done, of all that were done. */
export function waitsOf({ published, done }: Pick<Recording, 'published' | 'done'>): number[] {
  return published.flatMap((at, index) => {
    const end = done[index] ?? null
    return end === null ? [] : [end - at]
  })
}

export function figuresOf(recording: Recording, trace: Trace): Figures {
  const { asked, ready, published, done } = recording
  const { horizon, idealSeconds, maxReplicas, rate } = trace
  const waits = waitsOf(recording)
  const lost = published.length - waits.length
  const podSeconds = integral(ready, 0, horizon)
  return {
    messages: published.length,
    p50: quantile(waits, 0.5),
    p95: quantile(waits, 0.95),
    p99: quantile(waits, 0.99),
    late: (waits.filter((wait) => wait > OBJECTIVE).length + lost) / published.length,
    firstAsked: firstRise(asked) ?? null,
    firstReady: firstRise(ready) ?? null,
    drain: done.reduce<number>((last, at) => Math.max(last, at ?? 0), 0),
    podSeconds,
    cost: podSeconds / idealSeconds,
    ...misfit({ rate, backlog: backlogOf(recording), ready, horizon, maxReplicas }),
    peak: asked.reduce((most, { at, value }) => (at <= horizon ? Math.max(most, value) : most), 0),
    reversals: reversals(asked.filter(({ at }) => at <= horizon)),
    redelivered: recording.redelivered,
    lost,
    doubled: recording.doubled,
    disordered: recording.disordered,
    questionsPerSecond: recording.questions / horizon,
    cpuSeconds: recording.cpuSeconds,
    peakMegabytes: recording.peakMegabytes,
    busySeconds: recording.busySeconds,
    publisherLag: recording.publisherLag,
  }
}
