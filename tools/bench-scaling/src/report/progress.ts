import type { Figures } from '../measure/recording.ts'
import { estimate } from '../clock.ts'
import type { Run } from '../plan.ts'
import { number } from './table.ts'

/** One line when a run is over, with how long the rest will take. */
export function progressLine(
  name: string,
  figures: Figures,
  { done, runs }: { done: number; runs: readonly Run[] },
): string {
  const { p50, p95, p99, late, firstAsked, drain, podSeconds, cost, reversals, busySeconds } = figures
  const left = Math.ceil(estimate(runs.slice(done)) / 60)
  return [
    `${done}/${runs.length} ${name}:`,
    `asked ${number(firstAsked ?? Number.NaN, 2)} s,`,
    `p50/95/99 ${[p50, p95, p99].map((value) => number(value, 2)).join('/')} s,`,
    `>10 s ${number(late * 100, 1)} %, drain ${number(drain, 1)} s,`,
    `${number(podSeconds, 0)} pod-s (${number(cost, 2)} ×), ${reversals} reversals, busy ${number(busySeconds, 0)} s`,
    `(about ${left} min left)`,
  ].join(' ')
}
