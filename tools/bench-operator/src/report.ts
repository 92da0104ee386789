import type { Figures } from './measure/figures.ts'
import type { Situation } from './situations.ts'

/** What a controller may take at most while nothing happens. */
export const LIMITS = {
  /** Of one core, in percent. */
  cpuPercent: 3,
  /** Resident memory at any moment since the start; MB of 2²⁰ bytes. */
  peakMegabytes: 150,
  /** Questions to the broker about one durable consumer in a second. */
  questionsOfOne: 0.2,
} as const

export interface Result {
  situation: Situation
  count: number
  figures: Figures
}

const COLUMNS = [
  ['CPU %', ({ cpuPercent }: Figures) => cpuPercent.toFixed(2)],
  ['MB', ({ residentMegabytes }: Figures) => residentMegabytes.toFixed(0)],
  ['peak MB', ({ peakMegabytes }: Figures) => peakMegabytes.toFixed(0)],
  ['looks/s', ({ reconciles }: Figures) => reconciles.toFixed(1)],
  ['API calls/s', ({ calls }: Figures) => calls.toFixed(1)],
  ['asks/s', ({ questions }: Figures) => questions.toFixed(1)],
  ['asks/s of one consumer', ({ questionsOfOne }: Figures) => questionsOfOne.toFixed(3)],
] as const

/** A Markdown table of all situations. */
export function table(results: readonly Result[]): string {
  const header = ['situation', ...COLUMNS.map(([title]) => title)]
  const rows = results.map(({ situation, count, figures }) => [
    `${count} ${situation.name}`,
    ...COLUMNS.map(([, text]) => text(figures)),
  ])
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Each limit that was passed. */
export function missed(results: readonly Result[]): string[] {
  return results.flatMap(({ situation, figures }) =>
    Object.entries(LIMITS).flatMap(([name, most]) => {
      const value = figures[name as keyof typeof LIMITS]
      return value <= most ? [] : [`${situation.name}: ${name} is ${value.toFixed(3)}, more than ${most}`]
    }),
  )
}

/** The worst of each figure. */
export function closingLine(results: readonly Result[]): string {
  const worst = (pick: (figures: Figures) => number, digits: number) =>
    Math.max(...results.map(({ figures }) => pick(figures))).toFixed(digits)
  return [
    `cpu_percent=${worst(({ cpuPercent }) => cpuPercent, 2)}`,
    `peak_mb=${worst(({ peakMegabytes }) => peakMegabytes, 0)}`,
    `asks_per_consumer=${worst(({ questionsOfOne }) => questionsOfOne, 3)}`,
  ].join(' ')
}
