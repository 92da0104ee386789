import { stringify } from 'yaml'

import { type Alert, type AlertGroup, type Case, type FiringCase, runbookUrl } from './alerts/alert.ts'
import { OURS } from './promql.ts'

const HEAD = '# Written from dashboards/src/alerts by `make generate-dashboards`.\n'
const WIDE = { lineWidth: 0 }

/** Where the made-up series are. */
const NAMESPACE = 'medqueue'

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

/** A file for `promtool test rules`: each alert fires in one case at least, and is silent in another. */
export function testsFile(rules: string, groups: readonly AlertGroup[]): string {
  const tests = groups.flatMap(({ alerts }) =>
    alerts.flatMap((alert) => {
      const { firing, silent, more = {} } = alert.cases
      return Object.entries({ firing, silent, ...more }).map(([title, one]) => testOf(alert, title, one))
    }),
  )
  return HEAD + stringify({ rule_files: [rules], evaluation_interval: '1m', tests }, WIDE)
}

function testOf(alert: Alert, title: string, one: FiringCase | Case): object {
  return {
    name: `${alert.name} ${title}`,
    interval: '1m',
    input_series: Object.entries(one.series).map(([name, values]) => ({ series: placed(name), values })),
    alert_rule_test: [
      { eval_time: one.at, alertname: alert.name, exp_alerts: 'says' in one ? [firedBy(alert, one)] : [] },
    ],
  }
}

function firedBy({ name, severity, description }: Alert, { labels, says, nowhere }: FiringCase): object {
  const place = nowhere === true ? {} : { namespace: NAMESPACE }
  return {
    exp_labels: { severity, ...place, ...labels },
    exp_annotations: { summary: says, description, runbook_url: runbookUrl(name) },
  }
}

/** A series of a process of ours in the namespace, unless it says otherwise. */
function placed(series: string): string {
  const [name = '', labels = ''] = series.replace(/\}$/, '').split('{')
  const more = [
    [OURS.label, OURS.value],
    ['namespace', NAMESPACE],
  ].filter(([label]) => !new RegExp(`(^|[ ,])${label}=`).test(labels))
  const all = [labels, ...more.map(([label, value]) => `${label}="${value}"`)]
  return `${name}{${all.filter((part) => part !== '').join(', ')}}`
}
