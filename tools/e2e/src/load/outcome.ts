import { type Answer, countsOf, judge, type Outcome } from '@medqueue/faults'
import { percentile } from '@medqueue/load-tests/percentile'

import type { ReadTally } from './reads.ts'

/** What a run of load shows by itself, before the audit. */
export interface LoadOutcome {
  /** Bookings asked for, each under a key of its own. */
  requests: number
  booked: number
  /** 503 with Retry-After: asked again later. */
  putOff: number
  /** Connections that broke or gave no answer in time: asked again. */
  unanswered: number
  /** Acknowledged and never decided, or never answered at all. */
  lost: string[]
  /** Two ids or two decisions for one key. */
  double: string[]
  /** Answers that must not be given. */
  wrong: string[]
  /** From the first question to the decision; milliseconds. */
  p50Ms: number
  p99Ms: number
  maxMs: number
}

export function outcomeOf(answers: readonly Answer[], reads: ReadTally): LoadOutcome {
  const { lost, double, wrong } = judge(answers)
  const counts = countsOf(answers)
  const waits = waitsOf(answers)
  return {
    requests: new Set(answers.map(({ key }) => key)).size,
    booked: new Set(answers.filter(({ outcome }) => outcome === 'booked').map(({ key }) => key)).size,
    putOff: (counts.unavailable ?? 0) + reads.putOff,
    unanswered: counts.no_answer ?? 0,
    lost,
    double,
    wrong: [...wrong, ...reads.wrong],
    p50Ms: Math.round(percentile(waits, 0.5)),
    p99Ms: Math.round(percentile(waits, 0.99)),
    maxMs: Math.round(percentile(waits, 1)),
  }
}

const DECIDED: ReadonlySet<Outcome> = new Set<Outcome>(['booked', 'pending', 'refused'])

/** Milliseconds from the first question under a key to its decision, sorted. */
function waitsOf(answers: readonly Answer[]): number[] {
  const asked = new Map<string, number>()
  const decided = new Map<string, number>()
  for (const { ask, key, firstSentAt, at, outcome } of answers) {
    if (ask === 'book' && !asked.has(key)) asked.set(key, firstSentAt)
    if (ask !== 'cancel' && DECIDED.has(outcome) && !decided.has(key)) decided.set(key, at)
  }
  return [...decided].map(([key, at]) => at - (asked.get(key) ?? at)).sort((a, b) => a - b)
}
