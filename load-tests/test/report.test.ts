import test from 'ava'

import { type AuditReport, GROUPS } from '@medqueue/audit'

import { lineChart } from '../lib/chart.ts'
import { renderReport } from '../lib/html.ts'
import { latencyOf } from '../lib/percentile.ts'
import { planOf } from '../lib/plan.ts'
import { finalLine, makeReport, type ReportInput } from '../lib/report.ts'
import { Tally } from '../lib/tally.ts'

const T = 1_800_000_000_000

function auditOf(overrides: Partial<AuditReport> = {}): AuditReport {
  return {
    ok: true,
    totals: Object.fromEntries(GROUPS.map((group) => [group, 0])) as AuditReport['totals'],
    findings: [],
    seen: { appointments: 1, requests: 1, events: 1, acknowledged: 1, queued: 0 },
    ...{ settled: true, historyComplete: true, eventInversions: 0, seconds: 0.1 },
    ...overrides,
  }
}

/** Two processes, one patient each, two requests. */
function input(overrides: Partial<ReportInput> = {}, lines: string[] = []): ReportInput {
  const tally = new Tally()
  const usual = [`s,${T + 1_500},search,200,50`, `s,${T + 2_500},book,201,150`, `c,${T},booked`]
  for (const line of [...usual, `c,${T},left`, `c,${T},left`, ...lines]) tally.take(line)
  const summary = (requests: number) => ({
    http_reqs: { count: requests },
    vus_max: { max: 1 },
    data_sent: { count: 1_500_000 },
  })
  return {
    plan: planOf({ VUS: '2', RAMP: '1', DURATION: '2', RATE: '1' }),
    ...{ remarks: ['<remark>'], tally, start: T, end: T + 3_000 },
    processes: {
      'booking-api-1': { firstMemory: 1, lastMemory: 2, mostMemory: 2 ** 21, cpu: 0.5, memory: [1, 2] },
    },
    ...{ summaries: [summary(2), summary(2)], exits: [0, 0], audit: auditOf() },
    ...overrides,
  }
}

test('a run without a fault has no reason to fail', (t) => {
  const report = makeReport(input())
  t.deepEqual(report.reasons, [])
  t.like(report.steady, { count: 2, seconds: 2, rate: 1 })
  t.deepEqual(report.k6, { processes: 2, requests: 2, patients: 2, megabytesSent: 3, megabytesReceived: 0 })
  t.is(
    finalLine(report),
    'load journey: requests=2 rate=1/s p50=5ms p99=15ms failed=0 bookings=1 conflicts=0 ' +
      `${GROUPS.map((group) => `${group}=0`).join(' ')} result=ok`,
  )
})

test('slow answers are no reason', (t) => {
  const slow = makeReport(
    input({ summaries: [{ http_reqs: { count: 4 } }] }, [`s,${T + 2_600},book,201,290000`]),
  )
  t.deepEqual(slow.reasons, [])
  t.is(slow.whole.max, 29_000)
})

const failsFor = test.macro((t, given: ReportInput, reason: RegExp) => {
  const report = makeReport(given)
  t.is(report.reasons.length, 1)
  t.regex(report.reasons[0] ?? '', reason)
  t.regex(finalLine(report), /result=failed$/)
})

const nothing = () => {
  const tally = new Tally()
  for (const line of [`s,${T},book,422,10`, `c,${T},left`, `c,${T},left`]) tally.take(line)
  return tally
}
test(
  'a run in which nobody booked anything is',
  failsFor,
  input({ tally: nothing(), summaries: [{ http_reqs: { count: 2 } }] }),
  /nobody booked/,
)

const three = { summaries: [{ http_reqs: { count: 4 } }] }
test('a failed request is', failsFor, input(three, [`s,${T},book,500,10`]), /1 requests failed/)
test('an undecided request is', failsFor, input({}, [`c,${T},undecided,id`]), /1 requests failed/)
test('a decision that failed is', failsFor, input({}, [`c,${T},decision-failed,id`]), /1 requests failed/)
test('a finding of the audit is', failsFor, input({ audit: auditOf({ ok: false }) }), /audit found/)
test('a missing audit is', failsFor, input({ audit: undefined }), /no audit/)
test('a process that broke is', failsFor, input({ exits: [0, 107] }), /1 k6 processes/)
test('a line that was lost is', failsFor, input(three), /k6 counts 3 requests, we 2/)
test(
  'a patient who was cut off is',
  failsFor,
  input({ plan: planOf({ VUS: '3', RAMP: '1', DURATION: '2' }) }),
  /1 virtual patients/,
)

test('a run of nothing is', (t) => {
  const report = makeReport(input({ tally: new Tally(), summaries: [] }))
  t.true(report.reasons.includes('there was not one request'))
})

test('hot slots have no steady time: the figures are of the whole run', (t) => {
  const report = makeReport(input({ plan: planOf({ SCENARIO: 'hot-slots', VUS: '2' }) }))
  t.is(report.steady.count, 0)
  t.regex(finalLine(report), /requests=2 rate=1\/s/)
})

test('the page stands alone and shows text as text', (t) => {
  const found = { kind: 'overtaken', group: 'order_violations', title: 'Too <late>', count: 1 } as const
  const audit = auditOf({ ok: false, findings: [{ ...found, examples: [{ request: 'r-1' }] }] })
  const page = renderReport(makeReport(input({ audit }, [`c,${T},unexpected,<script>alert(1)</script>`])))
  t.notRegex(page, /<script|<remark>|Too <late>|src=|href=/)
  t.regex(page, /&lt;remark&gt;/)
  t.regex(page, /r-1/)
  t.is(page.match(/<svg/g)?.length, 4)
})

test('a chart keeps its peak when it leaves points out', (t) => {
  const values = Array.from({ length: 2_000 }, (_, index) => (index === 1_234 ? 100 : 1))
  const svg = lineChart({ title: 'Peak', unit: 'x', step: 1, series: [{ name: 'a', style: 'a', values }] })
  const points = /points="([^"]+)"/.exec(svg)?.[1]?.split(' ') ?? []
  t.true(points.length <= 450)
  t.true(
    points.some((point) => point.endsWith(',10.0')),
    'the top of the chart',
  )
})

test('a chart of nothing is still a chart', (t) => {
  const svg = lineChart({
    title: 'None',
    unit: 'x',
    step: 1,
    series: [{ name: 'a', style: 'a', values: [] }],
  })
  t.notRegex(svg, /NaN|Infinity/)
})

test('percentiles are values that occurred', (t) => {
  const tenths = Array.from({ length: 100 }, (_, index) => (100 - index) * 10)
  t.deepEqual(latencyOf(tenths), { count: 100, p50: 50, p90: 90, p99: 99, max: 100 })
  t.deepEqual(latencyOf([]), { count: 0, p50: 0, p90: 0, p99: 0, max: 0 })
  t.like(latencyOf([7]), { p50: 0.7, p99: 0.7 })
})
