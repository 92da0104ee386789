import test from 'ava'

import { assertNoRival, type ControllerDeployment, rivalsOf } from '../../src/charts/operators.ts'
import { installationOf } from '../../src/charts/installation.ts'

function controller(namespace: string, watched: string): ControllerDeployment {
  const env = [{ name: 'WATCH_NAMESPACE', value: watched }]
  return {
    metadata: { namespace, name: 'medqueue-operator-worker-pool' },
    spec: { template: { spec: { containers: [{ env }] } } },
  }
}

const north = installationOf({ CLUSTER_NAMESPACE: 'north' })
const everywhere = installationOf({})

test('an operator that watches everything is a rival of every other', (t) => {
  t.deepEqual(rivalsOf([controller('medqueue-system', '')], north), ['medqueue-system'])
  t.deepEqual(rivalsOf([controller('north-system', 'north')], everywhere), ['north-system'])
})

test('operators of different namespaces leave each other alone', (t) => {
  t.deepEqual(rivalsOf([controller('south-system', 'south')], north), [])
  t.deepEqual(rivalsOf([controller('elsewhere', 'north')], north), ['elsewhere'])
})

test('an operator is no rival of itself when it is installed again, and is named once', (t) => {
  t.deepEqual(rivalsOf([controller('medqueue-system', '')], everywhere), [])
  t.deepEqual(rivalsOf([controller('other', ''), controller('other', '')], north), ['other'])
})

test('a rival ends the installation before anything is done, with what to do about it', async (t) => {
  const kubectl = async () => JSON.stringify({ items: [controller('medqueue-system', '')] })
  await t.throwsAsync(assertNoRival(kubectl, north), {
    code: 'CLUSTER_TAKEN',
    message: /in the namespace medqueue-system watches north too.*CLUSTER_OPERATOR=none/,
  })
  await t.notThrowsAsync(assertNoRival(kubectl, everywhere))
})
