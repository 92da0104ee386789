import { setTimeout as delay } from 'node:timers/promises'

import { type Expression, expressions, filledIn } from '../expressions.ts'
import type { Prometheus } from './prometheus.ts'

/** What became of the expressions. */
export interface Findings {
  /** Of panels, that returned data. */
  withData: number
  withoutData: Expression[]
  /** That Prometheus does not understand. */
  invalid: { expression: Expression; error: string }[]
  /** Alerts that are pending or firing. */
  alerts: string[]
  /** Alert expressions that were understood. */
  validAlerts: number
}

const RANGE = '30s'
const PAUSE_MS = 1_000

/**
 * Evaluates every expression that the filter lets through until each has returned data once, or the time is over: some
 * figures appear with the first event of their kind.
 */
export async function checkExpressions(
  prometheus: Prometheus,
  { patienceMs, includes }: { patienceMs: number; includes: (expression: Expression) => boolean },
): Promise<Findings> {
  const all = expressions().filter(includes)
  const invalid = await invalidOf(prometheus, all)
  const deadline = Date.now() + patienceMs
  const panels = all.filter(({ kind }) => kind === 'panel')
  let waiting = panels.filter((one) => !invalid.some(({ expression }) => expression === one))
  for (;;) {
    const empty = await Promise.all(
      waiting.map(async (one) => ((await hasData(prometheus, one)) ? [] : [one])),
    )
    waiting = empty.flat()
    if (waiting.length === 0 || Date.now() > deadline) break
    await delay(PAUSE_MS)
  }
  const alerts = await prometheus.query('ALERTS')
  const ofAlerts = all.filter(({ kind }) => kind === 'alert')
  return {
    withData:
      panels.length - waiting.length - invalid.filter(({ expression }) => expression.kind === 'panel').length,
    withoutData: waiting,
    invalid,
    alerts: alerts.map(({ metric }) => `${metric.alertname ?? ''} (${metric.alertstate ?? ''})`),
    validAlerts: ofAlerts.length - invalid.filter(({ expression }) => expression.kind === 'alert').length,
  }
}

async function invalidOf(prometheus: Prometheus, all: readonly Expression[]): Promise<Findings['invalid']> {
  const found = await Promise.all(
    all.map(async (expression) =>
      prometheus.query(filledIn(expression.text, RANGE)).then(
        () => [],
        (error: unknown) => [{ expression, error: String(error) }],
      ),
    ),
  )
  return found.flat()
}

/** A number that says something: `0 / 0` is no figure. */
async function hasData(prometheus: Prometheus, { text }: Expression): Promise<boolean> {
  const samples = await prometheus.query(filledIn(text, RANGE))
  return samples.some(({ value }) => !Number.isNaN(value))
}
