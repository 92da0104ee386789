import type { Figures } from '../measure/recording.ts'
import { median } from '../measure/statistics.ts'
import { type TraceName, TRACES } from '../plan.ts'
import type { Result } from './rows.ts'

/** One thing asked of the operator, and what came of it in each phase, from 0. */
export interface Answer {
  what: string
  /** Which values are good. */
  sign: '≤' | '<'
  digits: number
  /** In the order of the phases; none: it was not measured. */
  phases: { value: number; limit: number }[]
}

export type Verdict = 'met' | 'met by the median' | 'missed' | 'not measured'

/** Met is only what was met in every phase. */
export function verdictOf({ sign, phases }: Answer): Verdict {
  const good = ({ value, limit }: Answer['phases'][number]) => (sign === '<' ? value < limit : value <= limit)
  if (phases.length === 0) return 'not measured'
  if (phases.every(good)) return 'met'
  return good(medianOf(phases)) ? 'met by the median' : 'missed'
}

export function medianOf(phases: Answer['phases']): Answer['phases'][number] {
  return { value: median(phases.map(({ value }) => value)), limit: median(phases.map(({ limit }) => limit)) }
}

interface Asked {
  what: string
  name: keyof Figures
  limit: number
  digits: number
  /** Of the first: in which trace. None: the worst of all traces. */
  trace?: TraceName
}

const OF_A_TRACE: readonly Asked[] = [
  { trace: 'flash', what: 'drained after s', name: 'drain', limit: 9.5, digits: 1 },
  { trace: 'flash', what: 'pod-seconds', name: 'podSeconds', limit: 400, digits: 0 },
  { trace: 'square', what: 'p95 s', name: 'p95', limit: 2.1, digits: 2 },
  { trace: 'square', what: 'pod-seconds × ideal', name: 'cost', limit: 1.5, digits: 2 },
  { trace: 'square', what: 'reversals', name: 'reversals', limit: 5, digits: 0 },
  { trace: 'ramp', what: 'p95 s', name: 'p95', limit: 2.4, digits: 2 },
  { trace: 'ramp', what: 'pod-seconds × ideal', name: 'cost', limit: 1.3, digits: 2 },
  { trace: 'steady', what: 'p95 s', name: 'p95', limit: 2.5, digits: 2 },
  { trace: 'steady', what: 'pod-seconds × ideal', name: 'cost', limit: 2.2, digits: 2 },
]

const OF_ALL: readonly Asked[] = [
  { what: 'p99 s', name: 'p99', limit: 10, digits: 2 },
  { what: 'share over 10 s %', name: 'late', limit: 0.1, digits: 2 },
  // Of so few first messages, the 99th percentile is the slowest.
  { what: 'first message to first pod asked for, slowest, s', name: 'firstAsked', limit: 1, digits: 2 },
  { what: 'questions to the broker a second', name: 'questionsPerSecond', limit: 0.2, digits: 2 },
  { what: 'redelivered', name: 'redelivered', limit: 0, digits: 0 },
  { what: 'lost', name: 'lost', limit: 0, digits: 0 },
  { what: 'done twice', name: 'doubled', limit: 0, digits: 0 },
  { what: 'delivered out of order', name: 'disordered', limit: 0, digits: 0 },
]

const valueOf = ({ figures }: Result, name: keyof Figures) =>
  (figures[name] ?? Infinity) * (name === 'late' ? 100 : 1)

/** What is asked of the operator, with what its runs say. */
export function answers(results: readonly Result[]): Answer[] {
  const own = results.filter(({ run }) => run.lane === 'medqueue')
  const ofAll = OF_ALL.map((asked) => answerOf(`all: ${asked.what}`, asked, own))
  const better = TRACES.map((trace) => betterThanKeda(trace, results))
  const ofTraces = OF_A_TRACE.map((asked) => {
    const met = own.filter(({ run }) => run.trace === asked.trace)
    return answerOf(`${asked.trace ?? ''}: ${asked.what}`, asked, met)
  })
  return [...ofAll, ...better, ...ofTraces]
}

function answerOf(what: string, { name, limit, digits }: Asked, own: readonly Result[]): Answer {
  const phases = byPhase(own).map((group) => ({
    value: Math.max(...group.map((result) => valueOf(result, name))),
    limit,
  }))
  return { what, sign: '≤', digits, phases }
}

/** Against whichever setting did best in the same phase. */
function betterThanKeda(trace: TraceName, results: readonly Result[]): Answer {
  const phases = byPhase(results.filter(({ run }) => run.trace === trace)).flatMap((group) => {
    const own = group.find(({ run }) => run.lane === 'medqueue')
    const others = group.filter(({ run }) => run.lane === 'keda-15s').map(({ figures }) => figures.p99)
    return own === undefined || others.length === 0
      ? []
      : [{ value: own.figures.p99, limit: Math.min(...others) }]
  })
  return { what: `${trace}: p99 s, beside the best of keda-15s`, sign: '<', digits: 2, phases }
}

const byPhase = (results: readonly Result[]): Result[][] =>
  [...Map.groupBy(results, ({ run }) => run.phase)].toSorted(([a], [b]) => a - b).map(([, group]) => group)
