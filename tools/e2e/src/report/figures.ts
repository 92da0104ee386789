/** File of the run's folder that has a line for each behaviour. */
export const OUTCOMES = 'outcomes.jsonl'

/** What became of one behaviour. */
export interface Outcome {
  title: string
  passed: boolean
  seconds: number
  /** What was measured, by name. */
  figures: Record<string, number | string>
}

/** Figures that are summed up over all behaviours, with what they count. */
const SUMS = {
  requests: 'requests',
  lost: 'lost',
  double: 'doubled',
  wrong: 'wrong answers',
  audit: 'audit findings',
}

/** Figures of single behaviours that the last line tells, with words around them. */
const TOLD: Record<string, (value: number | string) => string> = {
  wakeP99Ms: (ms) => `asked for a worker ${ms} ms after the first request at most`,
  scaleDowns: (count) => `${count} scale-downs`,
  undrained: (count) => `${count} workers taken away undrained`,
  leaders: (count) => `${count} leaders lost`,
  takeoverMaxMs: (ms) => `takeover ${(Number(ms) / 1_000).toFixed(1)} s at most`,
  staleWrites: (count) => `${count} writes of old leaders`,
}

/** The closing line: what passed, and the figures that count. `missing` behaviours never came to their end. */
export function closingLine(outcomes: readonly Outcome[], missing: number, seconds: number): string {
  const passed = outcomes.filter((one) => one.passed).length
  const failed = outcomes.length - passed + missing
  const told = outcomes.flatMap(({ figures }) =>
    Object.entries(TOLD).flatMap(([name, words]) =>
      figures[name] === undefined ? [] : [words(figures[name])],
    ),
  )
  const sums = Object.entries(SUMS).map(([name, words]) => `${sumOf(outcomes, name)} ${words}`)
  const whole = Math.round(seconds)
  const time = `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `e2e: ${[`${passed} passed, ${failed} failed`, ...told, sums.join(', '), time].join(' · ')}`
}

const sumOf = (outcomes: readonly Outcome[], name: string): number =>
  outcomes.reduce((sum, { figures }) => sum + Number(figures[name] ?? 0), 0)
