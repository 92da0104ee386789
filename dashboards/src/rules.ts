import { stringify } from 'yaml'

import { type Alert, type AlertGroup, runbookUrl } from './alerts/alert.ts'

const HEAD = '# Written from dashboards/src/alerts by `make generate-dashboards`.\n'
const WIDE = { lineWidth: 0 }

/** A file of rules as Prometheus reads it; the spec of a PrometheusRule is the same. */
export function rulesFile(groups: readonly AlertGroup[]): string {
  const rules = groups.map(({ name, alerts }) => ({ name, rules: alerts.map(ruleOf) }))
  return HEAD + stringify({ groups: rules }, WIDE)
}

function ruleOf({ name, expression, lasts, severity, summary, description }: Alert): object {
  return {
    alert: name,
    expr: expression,
    for: lasts,
    labels: { severity },
    annotations: { summary, description, runbook_url: runbookUrl(name) },
  }
}

/** A file for `promtool test rules`: each alert fires in one case and is silent in the other. */
export function testsFile(rules: string, groups: readonly AlertGroup[]): string {
  const tests = groups.flatMap(({ alerts }) =>
    alerts.flatMap((alert) => [testOf(alert, 'firing'), testOf(alert, 'silent')]),
  )
  return HEAD + stringify({ rule_files: [rules], evaluation_interval: '1m', tests }, WIDE)
}

function testOf({ name, severity, description, cases }: Alert, kind: 'firing' | 'silent'): object {
  const { series, at } = cases[kind]
  const { labels = {}, says } = cases.firing
  const annotations = { summary: says, description, runbook_url: runbookUrl(name) }
  const fires = { exp_labels: { severity, ...labels }, exp_annotations: annotations }
  return {
    name: `${name} ${kind}`,
    interval: '1m',
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    alert_rule_test: [{ eval_time: at, alertname: name, exp_alerts: kind === 'firing' ? [fires] : [] }],
  }
}
