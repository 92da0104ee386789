import test from 'ava'

import { chooseTarget, givenKubeconfig, type TargetFacts } from '../src/target.ts'

const choose = (facts: Partial<TargetFacts>) =>
  chooseTarget({
    env: {},
    ownKubeconfig: '/srv/data/cluster/kubeconfig',
    nodeRuns: false,
    dockerWorks: false,
    kindInstalled: false,
    ...facts,
  })

test('a cluster that somebody gave comes first', (t) => {
  const target = choose({
    env: { KUBECONFIG: '/home/me/config' },
    nodeRuns: true,
    dockerWorks: true,
    kindInstalled: true,
  })
  t.deepEqual(target, { kind: 'given', kubeconfig: '/home/me/config' })
})

test('the kubeconfig that this tool wrote is no other cluster', (t) => {
  t.deepEqual(choose({ env: { KUBECONFIG: '/srv/data/cluster/kubeconfig' }, nodeRuns: true }), {
    kind: 'node',
  })
})

test('kind needs both Docker and kind', (t) => {
  t.deepEqual(choose({ dockerWorks: true, kindInstalled: true }), { kind: 'kind' })
  t.deepEqual(choose({ dockerWorks: true }), { kind: 'node' })
  t.deepEqual(choose({ kindInstalled: true }), { kind: 'node' })
})

test('a node that runs is used, whatever is installed', (t) => {
  t.deepEqual(choose({ nodeRuns: true, dockerWorks: true, kindInstalled: true }), { kind: 'node' })
})

test('CLUSTER overrules what is found, and nothing else is taken for it', (t) => {
  t.deepEqual(choose({ env: { CLUSTER: 'node' }, dockerWorks: true, kindInstalled: true }), { kind: 'node' })
  t.throws(() => choose({ env: { CLUSTER: 'minikube' } }), { message: /neither node nor kind/ })
})

test('only somebody else’s kubeconfig is a given cluster, to install on or to take away from', (t) => {
  t.is(givenKubeconfig({ KUBECONFIG: '/home/me/config' }, '/srv/kubeconfig'), '/home/me/config')
  t.is(givenKubeconfig({ KUBECONFIG: '/srv/../srv/kubeconfig' }, '/srv/kubeconfig'), undefined)
  t.is(givenKubeconfig({ KUBECONFIG: '' }, '/srv/kubeconfig'), undefined)
})
