import { BUNDLES } from './all.ts'

export interface Expression {
  /** Dashboard and panel, or alert. */
  place: string
  text: string
  kind: 'panel' | 'alert'
}

/** Every PromQL expression of every dashboard and alert. */
export function expressions(): Expression[] {
  return BUNDLES.flatMap(({ boards, alerts }) => {
    const ofBoards = boards.flatMap(({ uid, panels = [] }) =>
      panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }): Expression => {
          return { place: `${uid ?? ''} / ${title ?? ''}`, text: expr ?? '', kind: 'panel' }
        }),
      ),
    )
    const ofAlerts = alerts.flatMap((group) =>
      group.alerts.map(({ name, expression }): Expression => ({
        place: name,
        text: expression,
        kind: 'alert',
      })),
    )
    return [...ofBoards, ...ofAlerts]
  })
}

const WORDS = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'and',
  'or',
  'unless',
  'bool',
  'Inf',
  'NaN',
])

/** Names of the metrics in an expression: words that are no function, no label and no keyword. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\boffset\s+\w+/g, '')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
  const names = [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\()(?![a-zA-Z0-9_:])/g)].map(
    ([name]) => name,
  )
  return [...new Set(names.filter((name) => !WORDS.has(name)))]
}

/** An expression as Grafana would send it: with every namespace and a range. */
export function filledIn(expression: string, range = '1m'): string {
  return expression.replaceAll('$namespace', '.*').replaceAll('$__rate_interval', range)
}
