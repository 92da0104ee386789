import test from 'ava'

import type { KubeObject } from '../src/manifest.ts'
import { mayConnect, type Place, policiesOf, type PolicySpec } from '../src/rules/network.ts'

const web: Place = { name: 'web', namespace: 'shop', labels: { app: 'web' } }
const store: Place = { name: 'store', namespace: 'shop', labels: { app: 'store', tier: 'back' } }
const foreign: Place = {
  name: 'foreign',
  namespace: 'other',
  labels: { app: 'web' },
  namespaceLabels: { team: 'a' },
}
const outside: Place = { name: 'outside', address: '10.1.2.3' }
const PORT = { protocol: 'TCP', port: 80 } as const

function policies(...specs: PolicySpec[]) {
  const objects = specs.map((spec, index): KubeObject => {
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p${index}` },
      spec,
    }
  })
  return policiesOf(objects, 'shop')
}

const onStore = (ingress: PolicySpec['ingress']): PolicySpec => {
  return { podSelector: { matchLabels: { app: 'store' } }, policyTypes: ['Ingress'], ingress: ingress ?? [] }
}
const onWeb = (egress: PolicySpec['egress']): PolicySpec => {
  return { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: egress ?? [] }
}

test('a pod that no policy selects is open', (t) => {
  t.true(mayConnect(policies(), web, store, PORT))
  t.true(mayConnect(policies(), outside, store, PORT))
})

test('a selected pod is closed but for what a rule allows', (t) => {
  t.false(mayConnect(policies(onStore([])), web, store, PORT))
  const allowed = onStore([{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }])
  t.true(mayConnect(policies(allowed), web, store, PORT))
  t.false(mayConnect(policies(allowed), outside, store, PORT))
})

test('policies add up', (t) => {
  const first = onStore([{ from: [{ podSelector: { matchLabels: { app: 'nobody' } } }] }])
  const second = onStore([{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }])
  t.true(mayConnect(policies(first, second), web, store, PORT))
})

test('both ends must allow a connection', (t) => {
  const ingress = onStore([{}])
  t.false(mayConnect(policies(ingress, onWeb([])), web, store, PORT))
  t.true(mayConnect(policies(ingress, onWeb([{}])), web, store, PORT))
})

test('ingress alone does not close egress', (t) => {
  t.true(mayConnect(policies(onStore([])), store, web, PORT))
})

test('without types a policy is about ingress, and about egress when it says anything of it', (t) => {
  const all = { podSelector: {} }
  t.false(mayConnect(policies({ ...all }), outside, web, PORT))
  t.true(mayConnect(policies({ ...all }), web, outside, PORT))
  t.false(mayConnect(policies({ ...all, egress: [] }), web, outside, PORT))
})

test('a pod selector alone means pods of the policy\u2019s namespace', (t) => {
  const rule = onStore([{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }])
  t.false(mayConnect(policies(rule), foreign, store, PORT))
})

test('a namespace selector means all its pods, and both together the intersection', (t) => {
  const byName = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }
  t.true(mayConnect(policies(onStore([{ from: [byName] }])), foreign, store, PORT))
  const both = { ...byName, podSelector: { matchLabels: { app: 'else' } } }
  t.false(mayConnect(policies(onStore([{ from: [both] }])), foreign, store, PORT))
  const byLabel = { namespaceSelector: { matchLabels: { team: 'a' } } }
  t.true(mayConnect(policies(onStore([{ from: [byLabel] }])), foreign, store, PORT))
})

test('ports and protocols limit a rule', (t) => {
  const rule = onStore([
    { ports: [{ port: 80 }, { protocol: 'UDP', port: 53 }, { port: 8000, endPort: 8100 }] },
  ])
  const may = (port: number, protocol: 'TCP' | 'UDP' = 'TCP') =>
    mayConnect(policies(rule), web, store, { port, protocol })
  t.deepEqual(
    [may(80), may(81), may(53), may(53, 'UDP'), may(8050), may(8101)],
    [true, false, false, true, true, false],
  )
})

test('a block means addresses outside, less its exceptions', (t) => {
  const to = (cidr: string, except?: string[]) =>
    onWeb([{ to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } }] }])
  t.true(mayConnect(policies(to('10.0.0.0/8')), web, outside, PORT))
  t.false(mayConnect(policies(to('10.2.0.0/16')), web, outside, PORT))
  t.false(mayConnect(policies(to('0.0.0.0/0', ['10.1.2.0/24'])), web, outside, PORT))
  t.false(mayConnect(policies(to('0.0.0.0/0')), web, store, PORT))
})

const expressions = test.macro(
  (t, expression: { key: string; operator: string; values?: string[] }, open: boolean) => {
    const rule = onStore([{ from: [{ podSelector: { matchExpressions: [expression] } }] }])
    t.is(mayConnect(policies(rule), web, store, PORT), open)
  },
)
test('an expression: one of', expressions, { key: 'app', operator: 'In', values: ['web'] }, true)
test('an expression: none of', expressions, { key: 'app', operator: 'NotIn', values: ['web'] }, false)
test('an expression: there', expressions, { key: 'app', operator: 'Exists' }, true)
test('an expression: not there', expressions, { key: 'app', operator: 'DoesNotExist' }, false)
