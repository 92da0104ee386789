import test from 'ava'

import { installationOf } from '../../src/charts/installation.ts'
import { operatorValues, platformValues } from '../../src/charts/values.ts'

test('without a word the charts go where everybody expects them, with an operator for all namespaces', (t) => {
  const installation = installationOf({})
  t.deepEqual(installation, {
    namespace: 'medqueue',
    operatorNamespace: 'medqueue-system',
    watchNamespace: '',
    wantsOperator: true,
    valueFiles: [],
    operatorValueFiles: [],
  })
  t.deepEqual(platformValues({ kind: 'given' }, installation), {})
  t.false('watchNamespace' in operatorValues({ kind: 'given' }, installation))
})

test('a further installation has an operator that watches nothing else, and lets that one use its broker', (t) => {
  const installation = installationOf({ CLUSTER_NAMESPACE: 'north' })
  t.like(installation, { namespace: 'north', operatorNamespace: 'north-system', watchNamespace: 'north' })
  t.deepEqual(operatorValues({ kind: 'given' }, installation), {
    watchNamespace: 'north',
    nats: { url: 'nats://medqueue-nats.north.svc:4222', monitorUrl: 'http://medqueue-nats.north.svc:8222' },
  })
  const matchLabels = { 'kubernetes.io/metadata.name': 'north-system' }
  t.deepEqual(platformValues({ kind: 'given' }, installation), {
    networkPolicy: { operatorFrom: [{ namespaceSelector: { matchLabels } }] },
  })
})

test('an installation can do without an operator', (t) => {
  t.false(installationOf({ CLUSTER_OPERATOR: 'none' }).wantsOperator)
})

test('values come from files, in their order', (t) => {
  const { filename } = import.meta
  t.deepEqual(installationOf({ CLUSTER_VALUES: `${filename}, ${filename}` }).valueFiles, [filename, filename])
})

test('what cannot be meant is refused before anything is done', (t) => {
  const refuses = (env: NodeJS.ProcessEnv, message: RegExp) =>
    t.throws(() => installationOf(env), { instanceOf: RangeError, message })
  refuses({ CLUSTER_NAMESPACE: 'North' }, /^CLUSTER_NAMESPACE=North is no name/)
  refuses({ CLUSTER_NAMESPACE: 'n'.repeat(57) }, /up to 56/)
  refuses({ CLUSTER_OPERATOR: 'two' }, /can only be none/)
  refuses({ CLUSTER_VALUES: '/nowhere/values.yaml' }, /^CLUSTER_VALUES names .*not there/)
  refuses({ CLUSTER_OPERATOR_VALUES: '/nowhere/v.yaml' }, /^CLUSTER_OPERATOR_VALUES names/)
})
