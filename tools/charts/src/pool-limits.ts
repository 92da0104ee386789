import { BookingWorkerPoolSpec, type CelRule } from '@medqueue/contracts'
import { stringify } from 'yaml'

import { ChartError } from './errors.ts'

export interface TimeLimits {
  /** Such as `1s`; both ends are allowed. */
  least: string
  most: string
}

interface Field {
  properties?: Record<string, Field>
  items?: Field
  pattern?: string
  maxLength?: number
  'x-kubernetes-validations'?: CelRule[]
}

const { drainSLO, prewarm } = BookingWorkerPoolSpec.properties
const { schedule, timeZone } = prewarm.items.properties

/** What a text of a BookingWorkerPool may look like. */
export const poolTexts = {
  duration: textOf(drainSLO),
  schedule: textOf(schedule),
  timeZone: textOf(timeZone),
}

function textOf(field: object) {
  const { pattern, maxLength } = field as Field
  return { type: 'string', pattern, maxLength }
}

/**
 * Bounds of the times of a BookingWorkerPool by their place below `spec`, such as `scaleDown.window` and
 * `prewarm[].duration`, from the rules by which the API server checks them. Throws CHART_VALUES for a rule without both ends.
 */
export function poolTimeLimits(): Map<string, TimeLimits> {
  return new Map(limitsBelow(BookingWorkerPoolSpec as unknown as Field, ''))
}

function limitsBelow(field: Field, path: string): [string, TimeLimits][] {
  const properties = Object.entries(field.properties ?? {})
  const below = properties.flatMap(([key, child]) => limitsBelow(child, path === '' ? key : `${path}.${key}`))
  const inItems = field.items === undefined ? [] : limitsBelow(field.items, `${path}[]`)
  const own = (field['x-kubernetes-validations'] ?? [])
    .filter(({ rule }) => rule.startsWith('duration(self) '))
    .map(({ rule }): [string, TimeLimits] => [path, limitsOf(rule, path)])
  return [...own, ...below, ...inItems]
}

function limitsOf(rule: string, path: string): TimeLimits {
  const [, least, most] =
    /^duration\(self\) >= duration\('(.+)'\) && duration\(self\) <= duration\('(.+)'\)$/.exec(rule) ?? []
  if (least === undefined || most === undefined) {
    throw new ChartError('CHART_VALUES', `${path}: its rule has no two ends: ${rule}`)
  }
  return { least, most }
}

/** files/pool-limits.yaml of the chart. */
export function poolLimitsFile(): string {
  const head =
    '# Written from the definition of BookingWorkerPool in packages/contracts by `make generate-charts`.\n'
  return head + stringify({ times: Object.fromEntries(poolTimeLimits()) })
}
