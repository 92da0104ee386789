/**
 * Vocabulary. Lens: which series an expression looks at and over how long. A dashboard looks through its own variables,
 * an alert at everything over a fixed time.
 */
export interface Lens {
  /** Label matchers that every selector gets, such as `namespace=~"$namespace"`; empty for all series. */
  scope: string
  /** Range of rates, such as `5m`. */
  range: string
  /** Labels that sums keep beside those that are asked for. */
  by: readonly string[]
}

/**
 * What every target of ours has, given by the ServiceMonitors of the charts: many names of metrics and jobs are those of
 * others, too.
 */
export const OURS = { label: 'part_of', value: 'medqueue' }

/** What the variables at the top of a dashboard select. */
export const DASHBOARD: Lens = { scope: 'namespace=~"$namespace"', range: '$__rate_interval', by: [] }

/**
 * Everything of ours over a time: for alerts, whose rules say themselves how long something must last. A healthy installation
 * does not hide another one, in another namespace.
 */
export const over = (range: string): Lens => ({
  scope: `${OURS.label}="${OURS.value}"`,
  range,
  by: ['namespace'],
})

/** A selector: the metric with the lens' matchers and these, such as `status=~"5.."`. */
export function series({ scope }: Lens, name: string, ...matchers: string[]): string {
  const all = [scope, ...matchers].filter((matcher) => matcher !== '')
  return all.length === 0 ? name : `${name}{${all.join(', ')}}`
}

/** How fast a counter rises, per second. */
export function rate(lens: Lens, name: string, ...matchers: string[]): string {
  return `rate(${series(lens, name, ...matchers)}[${lens.range}])`
}

/** By how much a counter has risen. */
export function increase(lens: Lens, name: string, ...matchers: string[]): string {
  return `increase(${series(lens, name, ...matchers)}[${lens.range}])`
}

/** A sum, by labels where some are named. */
export function sum(expression: string, ...by: string[]): string {
  return by.length === 0 ? `sum(${expression})` : `sum by (${by.join(', ')}) (${expression})`
}

/** A sum by the lens' labels and these. */
export const total = (lens: Lens, expression: string, ...by: string[]) => sum(expression, ...lens.by, ...by)

export interface Risen {
  counter: string
  matchers?: readonly string[]
  by?: readonly string[]
}

/**
 * By how much a counter has risen, where it has. One with labels, or in a process that has just begun, may appear with its
 * first event, of which increase() knows nothing.
 */
export function risen(lens: Lens, { counter, matchers = [], by = [] }: Risen): string {
  const now = series(lens, counter, ...matchers)
  const more = total(lens, increase(lens, counter, ...matchers), ...by)
  return `${more} > 0 or ${total(lens, `${now} unless ${now} offset ${lens.range}`, ...by)} > 0`
}

export interface Quantile {
  /** Between 0 and 1. */
  q: number
  /** Name of the histogram, without `_bucket`. */
  histogram: string
  matchers?: readonly string[]
  by?: readonly string[]
}

/** A quantile of a classic histogram. */
export function quantile(lens: Lens, { q, histogram, matchers = [], by = [] }: Quantile): string {
  return `histogram_quantile(${q}, ${total(lens, rate(lens, `${histogram}_bucket`, ...matchers), 'le', ...by)})`
}

/** Part of whole; nothing when the whole is nothing. */
export const share = (part: string, whole: string) => `${part} / (${whole} > 0)`

/**
 * Zero while a process of that service is there and has nothing to tell (no series yet, or nothing by nothing), and nothing
 * where none is there: silence must not look like health. The expression must have no labels.
 */
export const idleIsZero = (lens: Lens, expression: string, service: string) =>
  `(${expression} >= 0) or 0 * max(${series(lens, 'process_start_time_seconds', `service="${service}"`)})`

/** Zero where there is no series yet: a counter with labels appears with its first event. */
export const orZero = (expression: string) => `${expression} or vector(0)`
