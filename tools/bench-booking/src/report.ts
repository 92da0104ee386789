import { type Cell, type Variant, VARIANTS } from './cell.ts'
import { median } from './statistics.ts'

export interface Report {
  table: string
  /** The closing line. */
  line: string
  /** What makes the run void: answers that are no decisions. Speed is never a failure. */
  failures: string[]
}

interface Row {
  variant: Variant
  connections: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  cpu: string
  memory: string
}

/** Medians of the repeats, as a Markdown table, and the ratios at 500 connections. */
export function report(cells: readonly Cell[]): Report {
  const rows = rowsOf(cells)
  const header =
    '| variant | connections | requests/s | p50 ms | p99 ms | CPU s | memory MB |\n|---|---|---|---|---|---|---|'
  const lines = rows.map(
    (row) =>
      `| ${VARIANTS[row.variant]} | ${row.connections} | ${row.perSecond.toFixed(0)} | ${row.p50Ms.toFixed(1)} | ${row.p99Ms.toFixed(1)} | ${row.cpu} | ${row.memory} |`,
  )
  return {
    table: [header, ...lines, '', ratios(rows)].join('\n'),
    line: closingLine(rows),
    failures: failuresOf(cells),
  }
}

function rowsOf(cells: readonly Cell[]): Row[] {
  const groups = Map.groupBy(cells, ({ variant, connections }) => `${variant} ${connections}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { variant, connections } = first
    const of = (pick: (cell: Cell) => number) => median(group.map(pick))
    const each = (pick: (name: string) => number, digits: number) =>
      Object.keys(first.usage)
        .map((name) => `${name} ${pick(name).toFixed(digits)}`)
        .join(', ')
    return [
      {
        variant,
        connections,
        perSecond: of((cell) => cell.perSecond),
        p50Ms: of((cell) => cell.p50Ms),
        p99Ms: of((cell) => cell.p99Ms),
        cpu: each((name) => of((cell) => cell.usage[name]?.cpuSeconds ?? 0), 1),
        memory: each((name) => of((cell) => cell.usage[name]?.megabytes ?? 0), 0),
      },
    ]
  })
}

function ratio(rows: readonly Row[], against: Variant, connections: number): number {
  const find = (variant: Variant) =>
    rows.find((row) => row.variant === variant && row.connections === connections)?.perSecond ?? Number.NaN
  return find('product') / find(against)
}

function ratios(rows: readonly Row[]): string {
  const compared = rows.filter(({ variant }) => variant !== 'product')
  const counts = [...new Set(compared.map(({ connections }) => connections))]
  return counts
    .map(
      (count) =>
        `(d)/(b) at ${count}: ${ratio(rows, 'insert', count).toFixed(2)}, ${oneStatement(rows, count)}(d)/(c): ${ratio(rows, 'batched', count).toFixed(2)}`,
    )
    .join('\n')
}

function closingLine(rows: readonly Row[]): string {
  const compared = rows.filter(({ variant }) => variant !== 'product')
  const counts = new Set(compared.map(({ connections }) => connections))
  if (!counts.has(500)) return 'vs_insert, vs_batched and vs_echo need a run with 500 connections'
  const at = (against: Variant) => ratio(rows, against, 500).toFixed(2)
  return `vs_insert=${at('insert')} vs_batched=${at('batched')} vs_echo=${at('echo')}`
}

function failuresOf(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ variant, connections, statuses }) =>
    Object.keys(statuses)
      .filter((status) => !['201', '202', '409'].includes(status))
      .map((status) => `${VARIANTS[variant]} at ${connections}: ${statuses[status] ?? 0} answers ${status}`),
  )
}

/** Only when it was asked for. */
function oneStatement(rows: readonly Row[], count: number): string {
  const times = ratio(rows, 'statement', count)
  return Number.isNaN(times) ? '' : `(d)/(b′): ${times.toFixed(2)}, `
}
