import type { Figures } from '../measure/recording.ts'
import { median } from '../measure/statistics.ts'
import { compareRuns, type Lane, type Run, type Setting, type TraceName } from '../plan.ts'

/** A run and what came of it. */
export interface Result {
  run: Run
  figures: Figures
}

/** The phases of one trace, lane and setting together. */
export interface Row {
  trace: TraceName
  lane: Lane
  setting: Setting
  phases: number
  /** Medians, but sums of what must not happen. A time that never came counts as endless. */
  figures: Record<keyof Figures, number>
  /** Of the slowest phase: p99 and drain. */
  worst: { p99: number; drain: number }
}

const SUMMED: readonly (keyof Figures)[] = ['lost', 'doubled', 'redelivered', 'disordered']

/** By trace, lane and setting, in the order in which they are told. */
export function rowsOf(results: readonly Result[]): Row[] {
  const key = ({ run }: Result) => `${run.trace} ${run.lane} ${run.setting}`
  const inOrder = results.toSorted((a, b) => compareRuns(a.run, b.run))
  return [...Map.groupBy(inOrder, key).values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [rowOf(first.run, group)]
  })
}

function rowOf({ trace, lane, setting }: Run, group: readonly Result[]): Row {
  const all = (name: keyof Figures) => group.map(({ figures }) => figures[name] ?? Infinity)
  const names = Object.keys(group[0]?.figures ?? {}) as (keyof Figures)[]
  const figures = Object.fromEntries(
    names.map((name) => [name, SUMMED.includes(name) ? sum(all(name)) : median(all(name))]),
  ) as Row['figures']
  const worst = { p99: Math.max(...all('p99')), drain: Math.max(...all('drain')) }
  return { trace, lane, setting, phases: group.length, figures, worst }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
