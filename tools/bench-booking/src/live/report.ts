import { median } from '../statistics.ts'
import { type Tracked, type Way, WAYS } from './tracker.ts'

export interface Round extends Tracked {
  /** Messages that had not come when the round was given up. */
  lost: number
  /** HTTP calls. */
  calls: number
  usage: { name: string; cores: number; megabytes: number }[]
}

export interface Report {
  table: string
  /** The closing line. */
  line: string
  /** What makes the run void. Speed is never a failure. */
  failures: string[]
}

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99, most: 1 } as const
const NAMES = Object.keys(WAYS) as Way[]

/** Medians of the rounds, as Markdown tables. */
export function report(rounds: readonly Round[]): Report {
  const lost = rounds.reduce((sum, one) => sum + one.lost, 0)
  const doubled = rounds.reduce((sum, one) => sum + one.doubled, 0)
  const at = (way: Way, share: number) => median(rounds.map(({ delays }) => shareOf(delays[way], share)))
  const line = [
    `request_to_lobby_p99=${at('lobby', 0.99).toFixed(0)}ms`,
    `decision_to_patient_p99=${at('patient', 0.99).toFixed(0)}ms`,
    `hold_to_page_p95=${at('taken', 0.95).toFixed(0)}ms`,
    `lost=${lost} doubled=${doubled}`,
  ].join(' ')
  return {
    table: `${delaysTable(rounds, at)}\n\n${usageTable(rounds)}`,
    line,
    failures: [
      ...(lost === 0 ? [] : [`${lost} messages were lost`]),
      ...(doubled === 0 ? [] : [`${doubled} messages came twice`]),
    ],
  }
}

function delaysTable(rounds: readonly Round[], at: (way: Way, share: number) => number): string {
  const head = `| way | messages a round | ${Object.keys(SHARES)
    .map((name) => `${name} ms`)
    .join(' | ')} |\n|---|---|---|---|---|---|`
  const rows = NAMES.map((way) => {
    const figures = Object.values(SHARES).map((share) => at(way, share).toFixed(1))
    return `| ${WAYS[way]} | ${median(rounds.map(({ delays }) => delays[way].length))} | ${figures.join(' | ')} |`
  })
  return [head, ...rows].join('\n')
}

function usageTable(rounds: readonly Round[]): string {
  const names = rounds[0]?.usage.map(({ name }) => name) ?? []
  const of = (name: string, pick: (usage: Round['usage'][number]) => number) =>
    median(rounds.flatMap(({ usage }) => usage.filter((one) => one.name === name).map(pick)))
  const rows = names.map(
    (name) =>
      `| ${name} | ${of(name, ({ cores }) => cores).toFixed(2)} | ${of(name, ({ megabytes }) => megabytes).toFixed(0)} |`,
  )
  return ['| process | cores | memory MB |\n|---|---|---|', ...rows].join('\n')
}

function shareOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}
