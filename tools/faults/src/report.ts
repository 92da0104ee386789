import type { Outcome } from './books/answer.ts'
import type { Result } from './run-scenario.ts'

const seconds = (ms: number) => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : '∞')

function verdictOf({ planted, passed }: Result): string {
  if (planted) return passed ? 'caught' : 'MISSED'
  return passed ? 'passed' : 'FAILED'
}

/** One line a scenario, while the run goes on. */
export function progressLine(result: Result): string {
  const { name, passed, recoveriesMs, saw, failures } = result
  const recovery = recoveriesMs.length === 0 ? [] : [`recovered in ${recoveriesMs.map(seconds).join(', ')} s`]
  const parts = [...saw, ...recovery, answersOf(result), auditOf(result), ...(passed ? [] : failures)]
  return `${verdictOf(result)} ${name} (${result.seconds.toFixed(0)} s): ${parts.join('; ')}`
}

function answersOf({ counts }: Result): string {
  const told = Object.entries(counts).map(([outcome, count]) => `${outcome} ${count}`)
  return `answers: ${told.length === 0 ? 'none' : told.join(', ')}`
}

function auditOf({ totals }: Result): string {
  const found = Object.entries(totals).filter(([, count]) => count > 0)
  if (Object.keys(totals).length === 0) return 'not audited'
  return found.length === 0
    ? 'audit all 0'
    : `audit ${found.map(([name, count]) => `${name}=${count}`).join(' ')}`
}

/** The run as a Markdown table. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const { counts, recoveriesMs, lost, double, order } = result
    const slowest = recoveriesMs.length === 0 ? '–' : seconds(Math.max(...recoveriesMs))
    const told = (...outcomes: Outcome[]) =>
      outcomes.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0)
    const cells = [
      result.name,
      verdictOf(result),
      slowest,
      told('booked', 'pending'),
      told('queued'),
      told('refused'),
      told('unavailable', 'no_answer'),
      lost,
      double,
      order,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| scenario | result | slowest recovery s | 201 | 202 | refused | 503 or no answer | lost | double | order |'
  return [head, '|---|---|---|---|---|---|---|---|---|---|', ...rows].join('\n')
}

/** The closing line. Lost, double and order leave the planted bugs out: those must not be 0. */
export function closingLine(results: readonly Result[]): string {
  const real = results.filter(({ planted }) => !planted)
  const planted = results.filter((result) => result.planted)
  const sum = (pick: (result: Result) => number) => real.reduce((total, result) => total + pick(result), 0)
  const slowest = Math.max(0, ...real.flatMap(({ recoveriesMs }) => recoveriesMs))
  return [
    `faults: scenarios=${results.length}`,
    `passed=${results.filter(({ passed }) => passed).length}`,
    `lost=${sum(({ lost }) => lost)}`,
    `double=${sum(({ double }) => double)}`,
    `order=${sum(({ order }) => order)}`,
    `planted_caught=${planted.filter(({ passed }) => passed).length}/${planted.length}`,
    `slowest_recovery=${seconds(slowest)}s`,
  ].join(' ')
}
