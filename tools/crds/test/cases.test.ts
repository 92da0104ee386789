import test from 'ava'
import type { TSchema } from 'typebox'

import { type ApiCase, apiCases, objectOf } from '../src/cases.ts'
import { KINDS } from '../src/kinds.ts'
import { faultOf } from '../src/samples.ts'

interface Rule {
  message: string
  rule: string
}

/** Every rule of a schema, however deep. */
function rulesOf(schema: TSchema): Rule[] {
  const node = schema as unknown as {
    'x-kubernetes-validations'?: Rule[]
    properties?: Record<string, TSchema>
    items?: TSchema
  }
  const below = [...Object.values(node.properties ?? {}), ...(node.items === undefined ? [] : [node.items])]
  return [...(node['x-kubernetes-validations'] ?? []), ...below.flatMap(rulesOf)]
}

const casesOf = (kind: string) => apiCases.filter((one) => one.kind === kind)
const refusedBy = (rule: Rule) => (one: ApiCase) =>
  one.refusal !== undefined && rule.message.startsWith(one.refusal)

for (const { kind, schema } of KINDS) {
  for (const rule of rulesOf(schema)) {
    test(`${kind.kind} has a case that is refused because ${rule.message}`, (t) => {
      const refused = casesOf(kind.kind).filter(refusedBy(rule))
      t.true(refused.length > 0)
      if (rule.rule.includes('oldSelf')) t.true(refused.every(({ before }) => before !== undefined))
    })
  }

  test(`${kind.kind} has cases that pass every rule, also when the object is changed`, (t) => {
    const taken = casesOf(kind.kind).filter(({ refusal }) => refusal === undefined)
    t.true(taken.some(({ before }) => before === undefined))
    t.true(taken.some(({ before }) => before !== undefined))
    for (const one of taken) t.is(faultOf({ file: one.title, object: objectOf(one) }), undefined)
  })
}

test('every change starts from an object that is taken', (t) => {
  for (const one of apiCases) {
    if (one.before === undefined) continue
    t.is(faultOf({ file: one.title, object: objectOf(one, one.before) }), undefined)
  }
})

test('titles tell the cases of a kind apart', (t) => {
  for (const { kind } of KINDS) {
    const titles = casesOf(kind.kind).map(({ title }) => title)
    t.is(new Set(titles).size, titles.length)
  }
})
