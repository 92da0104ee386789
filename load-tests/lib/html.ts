import { escape, lineChart } from './chart.ts'
import type { ProcessFigures } from './processes.ts'
import type { Report } from './report.ts'
import type { Point, Span } from './tally.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1b2733; --soft: #66788a; --line: #d7dfe6; --a: #1668b8; --b: #c2410c; --c: #15803d; --bad: #b91c1c; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #93a4b4; --line: #2c3947; --a: #6cb2f5; --b: #fb923c; --c: #4ade80; --bad: #f87171; --paper: #111820 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 960px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } p { margin: .3rem 0 } small, .soft { color: var(--soft) }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: .75rem; margin: 1rem 0 }
.tiles div { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem } .tiles b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums } th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line) } th:first-child, td:first-child { text-align: left }
.ok { color: var(--c) } .bad { color: var(--bad) } figure { margin: 1.2rem 0 } figcaption { margin-bottom: .3rem } figcaption span { margin-left: .8rem; font-weight: 600 } svg { width: 100%; height: auto }
polyline { fill: none; stroke-width: 1.6 } polyline.a { stroke: var(--a) } polyline.b { stroke: var(--b) } polyline.c { stroke: var(--c) } polyline.d { stroke: var(--bad) } polyline.e { stroke: var(--soft) }
span.a { color: var(--a) } span.b { color: var(--b) } span.c { color: var(--c) } span.d { color: var(--bad) } span.e { color: var(--soft) }
.grid { stroke: var(--line) } svg text { fill: var(--soft); font-size: 11px } text.y { text-anchor: end; dominant-baseline: middle } text.x { text-anchor: middle }
pre { white-space: pre-wrap; overflow-wrap: anywhere }`

/** The whole report as one page that needs nothing else. */
export function renderReport(report: Report): string {
  const { scenario, startedAt, reasons } = report
  const verdict =
    reasons.length === 0
      ? '<p class="ok">Nothing went wrong.</p>'
      : `<p class="bad">${escape(reasons.join('; '))}.</p>`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test ${escape(scenario)} ${escape(startedAt)}</title><style>${STYLE}</style>
<h1>Load test: ${escape(scenario)}</h1>
<p class="soft">${[startedAt, planWords(report), ...report.remarks].map(escape).join(' · ')}</p>
${verdict}
${tiles(report)}
${charts(report.points)}
<h2>Requests</h2>
${spans(report)}
<h2>Answers</h2>
${table(['answer', 'number'], Object.entries(report.statuses))}
<h2>What became of it</h2>
${table(['', 'number'], Object.entries(report.counts))}
${problems(report)}
<h2>Audit</h2>
${auditSection(report)}
<h2>Processes</h2>
${processes(report)}
</html>
`
}

function planWords({ plan: { vus, ramp, hold, pause } }: Report): string {
  return `${vus} patients, arriving within ${ramp} s, staying ${Math.round(hold)} s, ${pause.toFixed(1)} s between requests`
}

function tiles(report: Report): string {
  const span = report.steady.count > 0 ? report.steady : report.whole
  const figures: [string, string][] = [
    ['requests', String(report.whole.count)],
    ['requests/s', span.rate.toFixed(0)],
    ['p50', `${span.p50.toFixed(1)} ms`],
    ['p99', `${span.p99.toFixed(1)} ms`],
    ['failed', String(report.failed)],
    ['booked', String(report.bookings)],
    ['conflicts', String(report.conflicts)],
  ]
  return `<div class="tiles">${figures.map(([name, value]) => `<div><small>${name}</small><b>${value}</b></div>`).join('')}</div>`
}

function charts(points: readonly Point[]): string {
  const values = (pick: (point: Point) => number) => points.map(pick)
  return [
    lineChart({
      title: 'Requests',
      unit: 'a second',
      step: 1,
      series: [
        { name: 'answered', style: 'a', values: values(({ rate }) => rate) },
        { name: 'failed', style: 'd', values: values(({ failed }) => failed) },
      ],
    }),
    lineChart({
      title: 'Latency',
      unit: 'milliseconds',
      step: 1,
      series: [
        { name: 'p99', style: 'b', values: values(({ p99 }) => p99) },
        { name: 'p50', style: 'a', values: values(({ p50 }) => p50) },
      ],
    }),
    lineChart({
      title: 'Patients who have come',
      unit: 'number',
      step: 1,
      series: [{ name: 'patients', style: 'c', values: values(({ patients }) => patients) }],
    }),
  ].join('\n')
}

type Cell = string | number

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = (row: readonly Cell[], tag: string) =>
    row.map((cell) => `<${tag}>${escape(String(cell))}</${tag}>`).join('')
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')
  return `<table><tr>${cells(head, 'th')}</tr>${body}</table>`
}

function spans({ steady, whole, operations }: Report): string {
  const row = (
    name: string,
    { count, p50, p90, p99, max }: Omit<Span, 'seconds' | 'rate' | 'failed'>,
    rate = '',
  ) => {
    return [name, count, rate, ...[p50, p90, p99, max].map((value) => value.toFixed(1))]
  }
  return table(
    ['', 'number', 'a second', 'p50 ms', 'p90 ms', 'p99 ms', 'longest ms'],
    [
      row('while all were there', steady, steady.rate.toFixed(0)),
      row('whole run', whole, whole.rate.toFixed(0)),
      ...Object.entries(operations).map(([name, latency]) => row(name, latency)),
    ],
  )
}

function problems({ problems: found }: Report): string {
  const rows = Object.entries(found)
  return rows.length === 0 ? '' : `<h2>Remarks</h2>${table(['', 'number'], rows)}`
}

function auditSection({ audit }: Report): string {
  if (audit === undefined) return '<p class="bad">There was none.</p>'
  const rows = audit.findings.map(({ title, count }) => [title, count])
  const found = audit.findings.filter(({ count }) => count > 0)
  const examples = found.map(
    ({ title, examples: list }) => `${title}\n${list.map((one) => `  ${JSON.stringify(one)}`).join('\n')}`,
  )
  const { seen, seconds, settled, historyComplete } = audit
  const remarks = [
    ...Object.entries(seen).map(([name, count]) => `${count} ${name}`),
    `${seconds.toFixed(1)} s`,
    settled ? 'the queue and the outbox were empty' : 'the queue or the outbox was not empty in time',
    historyComplete ? 'events from the beginning' : 'the beginning of the events is gone',
  ]
  return `<p class="${audit.ok ? 'ok' : 'bad'}">${audit.ok ? 'Nothing found.' : 'Something was found.'}</p>
<p class="soft">${escape(remarks.join(' · '))}</p>
${table(['looked for', 'found'], rows)}${examples.length === 0 ? '' : `<pre>${escape(examples.join('\n'))}</pre>`}`
}

const megabytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(0)

function processes({ processes: figures, whole }: Report): string {
  const row = ([name, { firstMemory, lastMemory, mostMemory, cpu }]: [string, ProcessFigures]) => {
    const share = whole.seconds === 0 ? 0 : (100 * cpu) / whole.seconds
    return [
      name,
      megabytes(firstMemory),
      megabytes(lastMemory),
      megabytes(mostMemory),
      cpu.toFixed(1),
      share.toFixed(0),
    ]
  }
  const head = ['', 'MB at first', 'MB at last', 'MB at most', 'processor s', '% of a core']
  const styles = ['a', 'b', 'c', 'd', 'e']
  const largest = Object.entries(figures)
    .filter(([name]) => !name.startsWith('k6'))
    .sort(([, a], [, b]) => b.mostMemory - a.mostMemory)
    .slice(0, styles.length)
  const series = largest.map(([name, { memory }], index) => ({
    name,
    style: styles[index] ?? 'a',
    values: memory,
  }))
  const chart = series.length === 0 ? '' : lineChart({ title: 'Memory', unit: 'megabytes', step: 5, series })
  return chart + table(head, Object.entries(figures).map(row))
}
