import test from 'ava'

import { expressions, filledIn, metricsIn } from '../src/expressions.ts'

const finds = test.macro((t, expression: string, names: string[]) => {
  t.deepEqual(metricsIn(expression), names)
})

test('finds a bare metric', finds, 'up', ['up'])
test('passes over functions and ranges', finds, 'sum(rate(a_total[5m]))', ['a_total'])
test('passes over labels and their values', finds, 'a{b="c", d=~"e|f"} > 1', ['a'])
test('passes over what is grouped by', finds, 'sum by (le, route) (a) / on (b) group_left (c) d', ['a', 'd'])
test('passes over keywords', finds, 'a or b unless c and d', ['a', 'b', 'c', 'd'])
test('passes over times', finds, 'a offset 15m or b offset 1h', ['a', 'b'])
test('names each metric once', finds, 'a / (a > 0)', ['a'])
test('takes colons and digits', finds, 'job:a_2:rate5m', ['job:a_2:rate5m'])

test('every panel and every alert has an expression', (t) => {
  const all = expressions()
  t.true(all.filter(({ kind }) => kind === 'panel').length > 40)
  t.true(all.filter(({ kind }) => kind === 'alert').length > 20)
  for (const { place, text } of all) t.true(metricsIn(text).length > 0, `${place}: ${text}`)
})

test('panels look at the namespace that is chosen, alerts at all', (t) => {
  for (const { place, text, kind } of expressions()) {
    t.is(text.includes('namespace=~"$namespace"'), kind === 'panel', `${place}: ${text}`)
  }
})

test('alerts look at nothing of others, and keep installations apart', (t) => {
  for (const { place, text, kind } of expressions()) {
    if (kind !== 'alert') continue
    const bare = text.replaceAll(/\{[^}]*part_of="medqueue"[^}]*\}/g, '{ours}')
    for (const name of metricsIn(text)) {
      t.notRegex(bare, new RegExp(`\\b${name}(?!\\w|\\{ours\\})`), place)
    }
    t.notRegex(text, /\b(sum|max|min|count|avg)\s*\(/, `${place} mixes installations`)
    for (const [, labels = ''] of text.matchAll(/\bby \(([^)]*)\)/g)) {
      t.true(labels.split(', ').includes('namespace'), `${place}: by (${labels})`)
    }
  }
})

test('variables are filled in', (t) => {
  t.is(filledIn('rate(a{namespace=~"$namespace"}[$__rate_interval])', '7s'), 'rate(a{namespace=~".*"}[7s])')
})
