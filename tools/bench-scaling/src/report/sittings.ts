import type { Measured } from '../origin.ts'
import { traceOf } from '../plan.ts'
import { markdownTable } from './table.ts'

/** Runs that one start of the bench has measured. Moments are ISO 8601 in UTC. */
export interface Sitting {
  began: string
  ended: string
  runs: number
  /** Between the ends of traces and the beginnings of the next, per run; seconds. */
  beside: number
  commit: string
  /** Hashes of what was measured, and of what measured. */
  operator: string
  worker: string
  bench: string
}

/** In the order of time. */
export function sittingsOf(measured: readonly Measured[]): Sitting[] {
  return [...Map.groupBy(measured, ({ origin }) => origin.sitting)]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([began, group]) => {
      const [first] = group
      return first === undefined ? [] : [sittingOf(began, first, group)]
    })
}

function sittingOf(began: string, { origin }: Measured, group: readonly Measured[]): Sitting {
  const ended = group.map((one) => one.origin.ended).reduce((last, one) => (one > last ? one : last), began)
  const traces = group.reduce((sum, { run }) => sum + traceOf(run).horizon, 0)
  const beside = ((Date.parse(ended) - Date.parse(began)) / 1_000 - traces) / group.length
  const { commit, operator, worker, bench } = origin.code
  return { began, ended, runs: group.length, beside, commit, operator, worker, bench }
}

const HEADINGS = [
  'sitting',
  'to',
  'runs',
  's beside each trace',
  'commit',
  'operator, worker, bench',
] as const

/** As Markdown. */
export function sittingsTable(sittings: readonly Sitting[]): string {
  return markdownTable(
    HEADINGS,
    sittings.map(({ began, ended, runs, beside, commit, operator, worker, bench }) => [
      ...[shortOf(began), shortOf(ended), String(runs), beside.toFixed(1), commit],
      [operator, worker, bench].join(', '),
    ]),
  )
}

const shortOf = (moment: string) => `${moment.slice(0, 16).replace('T', ' ')} UTC`
