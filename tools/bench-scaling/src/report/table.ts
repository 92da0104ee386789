import type { Figures } from '../measure/recording.ts'
import type { Lane, Setting } from '../plan.ts'
import type { Row } from './rows.ts'

type Cell = (row: Row) => string

const figure =
  (name: keyof Figures, digits: number): Cell =>
  ({ figures }) =>
    number(figures[name], digits)

const COLUMNS: readonly [heading: string, cell: Cell][] = [
  ['trace', ({ trace }) => trace],
  ['scaler', scalerOf],
  ['asked s', figure('firstAsked', 2)],
  ['ready s', figure('firstReady', 1)],
  ['drain s', figure('drain', 1)],
  ['p50', figure('p50', 2)],
  ['p95', figure('p95', 2)],
  ['p99', figure('p99', 2)],
  ['worst p99', ({ worst }) => number(worst.p99, 2)],
  ['>10 s %', ({ figures }) => number(figures.late * 100, 1)],
  ['pod-s', figure('podSeconds', 0)],
  ['× ideal', figure('cost', 2)],
  ['over', figure('over', 0)],
  ['under', figure('under', 0)],
  ['peak', figure('peak', 0)],
  ['rev', figure('reversals', 0)],
  [
    'redel/lost/twice/disordered',
    ({ figures: { redelivered, lost, doubled, disordered } }) =>
      [redelivered, lost, doubled, disordered].join('/'),
  ],
  ['asks/s', figure('questionsPerSecond', 2)],
  ['CPU s', figure('cpuSeconds', 1)],
  ['MB', figure('peakMegabytes', 0)],
  ['busy s', figure('busySeconds', 0)],
  ['runs', ({ phases }) => String(phases)],
]

/** One row for each trace, lane and setting, as Markdown. */
export function table(rows: readonly Row[]): string {
  return markdownTable(
    COLUMNS.map(([heading]) => heading),
    rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  )
}

export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = `|${headings.map(() => '---|').join('')}`
  return [line(headings), rule, ...rows.map(line)].join('\n')
}

export function scalerOf({ lane, setting }: { lane: Lane; setting: Setting }): string {
  return setting === 'defaults' ? lane : `${lane} ${setting}`
}

/** A time that never came has no figure. */
export function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–'
}
