import { backlogOf, type Recording } from '../measure/recording.ts'
import { sampled } from '../measure/steps.ts'
import { compareRuns, type Run, TRACES, traceOf } from '../plan.ts'
import { COLOURS, plot } from './svg.ts'
import { scalerOf } from './table.ts'

/** A run with all that was seen in it. */
export interface Recorded {
  run: Run
  recording: Recording
}

const EVERY = 0.25

/** A plot for each trace, by file name: the workers and the backlog of every scaler, in the first phase that ran. */
export function plotsOf(recorded: readonly Recorded[]): Map<string, string> {
  const first = Math.min(...recorded.map(({ run }) => run.phase))
  const plots = TRACES.flatMap((trace): [string, string][] => {
    const shown = recorded
      .filter(({ run }) => run.trace === trace && run.phase === first)
      .toSorted((a, b) => compareRuns(a.run, b.run))
    return shown.length === 0 ? [] : [[`${trace}.svg`, plotOf(trace, shown)]]
  })
  return new Map(plots)
}

function plotOf(trace: string, shown: readonly Recorded[]): string {
  const lines = (valuesOf: (one: Recorded) => number[]) =>
    shown.map((one, index) => ({
      name: scalerOf(one.run),
      colour: COLOURS[index % COLOURS.length] ?? '#000000',
      values: valuesOf(one),
    }))
  return plot({
    title: `${trace}: workers and backlog`,
    every: EVERY,
    panels: [
      {
        title: 'ready workers',
        lines: lines(({ run, recording }) => sampled(recording.ready, EVERY, traceOf(run).horizon)),
      },
      {
        title: 'messages that wait or are worked on',
        lines: lines(({ run, recording }) => sampled(backlogOf(recording), EVERY, traceOf(run).horizon)),
      },
    ],
  })
}
