import type { Figures } from '../measure/recording.ts'
import type { Row } from './rows.ts'
import { number, scalerOf } from './table.ts'

interface Measure {
  name: keyof Figures
  says: string
  digits: number
  /** A difference up to this much is none. */
  slack: number
}

/** What a user feels and pays; less is better of all. */
const MEASURES: readonly Measure[] = [
  { name: 'p50', says: 'p50 s', digits: 2, slack: 0.05 },
  { name: 'p95', says: 'p95 s', digits: 2, slack: 0.05 },
  { name: 'p99', says: 'p99 s', digits: 2, slack: 0.05 },
  { name: 'late', says: 'share over 10 s', digits: 4, slack: 0.0005 },
  { name: 'firstAsked', says: 'first pod asked for s', digits: 2, slack: 0.05 },
  { name: 'firstReady', says: 'first pod ready s', digits: 1, slack: 0.2 },
  { name: 'drain', says: 'drain s', digits: 1, slack: 0.2 },
  { name: 'podSeconds', says: 'pod-seconds', digits: 0, slack: 5 },
  { name: 'over', says: 'pod-seconds too many', digits: 0, slack: 5 },
  { name: 'under', says: 'pod-seconds too few', digits: 0, slack: 5 },
  { name: 'reversals', says: 'reversals', digits: 0, slack: 0 },
  { name: 'cpuSeconds', says: 'CPU s of the scaler', digits: 1, slack: 0.2 },
  { name: 'peakMegabytes', says: 'memory of the scaler MB', digits: 0, slack: 5 },
  { name: 'questionsPerSecond', says: 'questions to the broker a second', digits: 2, slack: 0.02 },
]

/**
 * Every measure in which another scaler did better than the operator in the same trace, one line for each scaler. Says
 * so when there was nothing to compare, or nothing better.
 */
export function losses(rows: readonly Row[]): string[] {
  const compared = rows.filter(({ lane, trace }) => lane !== 'medqueue' && ownRow(rows, trace) !== undefined)
  if (compared.length === 0)
    return ['Nothing to compare: the operator and another scaler did not meet the same trace.']
  const found = compared.flatMap((other) => lossesTo(other, rows))
  return found.length === 0 ? ['Nowhere.'] : found
}

const ownRow = (rows: readonly Row[], trace: string) =>
  rows.find((row) => row.lane === 'medqueue' && row.trace === trace)

function lossesTo(other: Row, rows: readonly Row[]): string[] {
  const own = ownRow(rows, other.trace)
  if (own === undefined) return []
  const worse = MEASURES.filter(({ name, slack }) => own.figures[name] > other.figures[name] + slack)
  if (worse.length === 0) return []
  const said = worse.map(
    ({ name, says, digits }) =>
      `${says} ${number(own.figures[name], digits)} against ${number(other.figures[name], digits)}`,
  )
  return [`- ${other.trace}, ${scalerOf(other)}: ${said.join(', ')}`]
}

/** The operator by trace, beside KEDA with the clock that everybody has; then what must not happen in any lane. */
export function closingLine(rows: readonly Row[]): string {
  const own = rows
    .filter(({ lane }) => lane === 'medqueue')
    .map(({ trace, figures: { p95, p99, drain, podSeconds, cost, reversals } }) => {
      const size = trace === 'flash' ? `drain=${number(drain, 1)}s pods=${number(podSeconds, 0)}s` : ''
      const times = trace === 'flash' ? '' : `cost=${number(cost, 2)}x rev=${reversals}`
      return `${trace} p95=${number(p95, 2)}s p99=${number(p99, 2)}s${besideKeda(trace, rows)} ${size}${times}`
    })
  const total = (name: Fault) => rows.reduce((sum, { figures }) => sum + figures[name], 0)
  const counted = FAULTS.map((name) => `${name}=${total(name)}`)
  const runs = rows.reduce((sum, { phases }) => sum + phases, 0)
  return ['bench-scaling:', ...own.map((text) => `${text};`), ...counted, `runs=${runs}`].join(' ')
}

function besideKeda(trace: string, rows: readonly Row[]): string {
  const others = rows.filter((row) => row.trace === trace && row.lane === 'keda-15s')
  const best = Math.min(...others.map(({ figures }) => figures.p99))
  return others.length === 0 ? '' : ` (KEDA ${number(best, 2)}s)`
}

const FAULTS = ['lost', 'doubled', 'redelivered', 'disordered'] as const
type Fault = (typeof FAULTS)[number]

/** Faults that void a run: slowness is none. */
export function faults(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    if (FAULTS.every((name) => row.figures[name] === 0)) return []
    return [
      `${row.trace}, ${scalerOf(row)}: ${FAULTS.map((name) => `${row.figures[name]} ${name}`).join(', ')}`,
    ]
  })
}
