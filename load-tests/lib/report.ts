import type { AuditReport } from '@medqueue/audit'

import type { Latency } from './percentile.ts'
import type { Plan } from './plan.ts'
import type { ProcessFigures } from './processes.ts'
import type { Point, Span, Tally } from './tally.ts'
import { waitingFigures, waitingReasons, waitingReport, type WaitingReport } from './waiting.ts'

/** k6's own figures of one process, by metric. */
export type K6Summary = Record<string, Record<string, number>>

/** Everything there is to know of one run. */
export interface Report {
  scenario: string
  /** RFC 3339. */
  startedAt: string
  plan: Plan
  remarks: string[]
  /** Requests while all patients were there; empty for scenarios that do not keep them. */
  steady: Span
  whole: Span
  operations: Record<string, Latency>
  /** Answers by operation and status. */
  statuses: Record<string, number>
  counts: Record<string, number>
  bookings: number
  conflicts: number
  /** Requests and decisions that failed: this must be 0. */
  failed: number
  /** What went wrong, in words, with how often. */
  problems: Record<string, number>
  points: Point[]
  processes: Record<string, ProcessFigures>
  k6: {
    processes: number
    requests: number
    patients: number
    megabytesSent: number
    megabytesReceived: number
  }
  /** Of scenarios with a waiting room. */
  waiting: WaitingReport | undefined
  audit: AuditReport | undefined
  /** Why the run has failed; empty when it has not. Speed is never a reason. */
  reasons: string[]
}

export interface ReportInput {
  plan: Plan
  remarks: string[]
  tally: Tally
  /** When the first patient could come, Unix milliseconds. */
  start: number
  end: number
  processes: Record<string, ProcessFigures>
  summaries: K6Summary[]
  /** Exit codes of the k6 processes. */
  exits: (number | null)[]
  audit: AuditReport | undefined
}

/** Scenarios that keep their patients for a while at one rate. */
const HOLDING: ReadonlySet<string> = new Set(['journey', 'soak'])

/** Puts together what the processes, the lines and the audit tell. */
export function makeReport(input: ReportInput): Report {
  const { plan, tally, start, end, audit } = input
  const steadyFrom = start + plan.ramp * 1_000
  const steadyTo = HOLDING.has(plan.scenario) ? steadyFrom + plan.hold * 1_000 : steadyFrom
  const failed = tally.failed + tally.counted('undecided') + tally.counted('decision-failed')
  const k6 = mergeSummaries(input.summaries)
  const waiting = waitingReport(tally.said)
  return {
    scenario: plan.scenario,
    startedAt: new Date(start).toISOString(),
    plan,
    remarks: input.remarks,
    steady: tally.span(steadyFrom, steadyTo),
    // From the second in which it began.
    whole: tally.span(start - (start % 1_000), end + 1_000),
    operations: tally.operations(),
    statuses: tally.statuses(),
    counts: tally.counts(),
    bookings: tally.counted('booked'),
    conflicts: tally.counted('conflict'),
    failed,
    problems: tally.remarks(),
    points: tally.points(),
    processes: input.processes,
    k6,
    waiting,
    audit,
    reasons: [...reasonsOf(input, failed, k6.requests), ...waitingReasons(plan, waiting)],
  }
}

function mergeSummaries(summaries: readonly K6Summary[]): Report['k6'] {
  const sum = (metric: string, value: string) =>
    summaries.reduce((total, summary) => total + (summary[metric]?.[value] ?? 0), 0)
  const megabytes = (metric: string) => Math.round(sum(metric, 'count') / 100_000) / 10
  return {
    processes: summaries.length,
    // Each process waited once at the barrier.
    requests: Math.max(0, sum('http_reqs', 'count') - summaries.length),
    patients: sum('vus_max', 'max'),
    megabytesSent: megabytes('data_sent'),
    megabytesReceived: megabytes('data_received'),
  }
}

function reasonsOf({ plan, tally, exits, audit }: ReportInput, failed: number, k6Requests: number): string[] {
  const broken = exits.filter((code) => code !== 0).length
  // Whoever is cut off in the middle of a request leaves it uncounted.
  const cutOff = plan.vus - tally.counted('left')
  const miscounted = cutOff === 0 && k6Requests !== tally.requests
  return [
    ...(broken === 0 ? [] : [`${broken} k6 processes did not come to their end`]),
    ...(cutOff === 0 ? [] : [`${cutOff} virtual patients did not come to their end`]),
    ...(failed === 0 ? [] : [`${failed} requests failed`]),
    ...(miscounted ? [`k6 counts ${k6Requests} requests, we ${tally.requests}`] : []),
    ...emptyReasons(tally),
    ...(audit === undefined ? ['there was no audit'] : []),
    ...(audit === undefined || audit.ok ? [] : ['the audit found something']),
  ]
}

/** Where nobody asked, or nobody booked, there was nothing that could have gone wrong. */
function emptyReasons(tally: Tally): string[] {
  if (tally.requests === 0) return ['there was not one request']
  return tally.counted('booked') > 0 ? [] : ['nobody booked anything']
}

/** The last line of a run. */
export function finalLine(report: Report): string {
  const { scenario, steady, whole, bookings, conflicts, failed, audit, reasons } = report
  const span = steady.count > 0 ? steady : whole
  const figures: Record<string, string | number> = {
    requests: whole.count,
    rate: `${Math.round(span.rate)}/s`,
    p50: `${round(span.p50)}ms`,
    p99: `${round(span.p99)}ms`,
    failed,
    bookings,
    conflicts,
    ...waitingFigures(report.waiting),
    ...audit?.totals,
    result: reasons.length === 0 ? 'ok' : 'failed',
  }
  const words = Object.entries(figures).map(([name, value]) => `${name}=${value}`)
  return `load ${scenario}: ${words.join(' ')}`
}

const round = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
