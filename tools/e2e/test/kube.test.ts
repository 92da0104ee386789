import test from 'ava'

import { drainsIn, drainsSince } from '../src/kube/drains.ts'
import type { Deployment } from '../src/kube/kinds.ts'
import { leadershipOf, podOfIdentity } from '../src/kube/leader.ts'
import { isRolledOut } from '../src/kube/pool.ts'
import { downsIn, peakOf } from '../src/kube/replicas.ts'

test('scale-downs are counted, not the workers that went', (t) => {
  const changes = [
    { at: 0, from: 0, to: 5 },
    { at: 1, from: 5, to: 2 },
    { at: 2, from: 2, to: 1 },
  ]
  t.is(downsIn(changes), 2)
  t.is(peakOf(changes), 5)
  t.is(peakOf([]), 0)
})

test('a leader is told by its pod', (t) => {
  t.is(podOfIdentity('medqueue-operator-worker-pool-abc-x1-0a1b2c3d'), 'medqueue-operator-worker-pool-abc-x1')
  const metadata = { name: 'lease', uid: 'u', resourceVersion: '1' }
  const spec = { holderIdentity: 'pool-x1-0a1b2c3d', leaseTransitions: 4 }
  t.deepEqual(leadershipOf({ apiVersion: 'v1', kind: 'Lease', metadata, spec }), {
    identity: 'pool-x1-0a1b2c3d',
    pod: 'pool-x1',
    transitions: 4,
  })
})

const page = `# HELP medqueue_pool_drains_total Answers
medqueue_pool_drains_total{namespace="medqueue",pool="booking",answer="accepted"} 7
medqueue_pool_drains_total{namespace="medqueue",pool="booking",answer="overdue"} 1
medqueue_pool_drains_total{namespace="other",pool="booking",answer="accepted"} 90
`

test('the answers of one pool’s workers are read from the operator’s metrics', (t) => {
  t.deepEqual(drainsIn(page, { namespace: 'medqueue', name: 'booking' }), { accepted: 7, overdue: 1 })
  t.deepEqual(drainsSince({ accepted: 5, overdue: 1 }, { accepted: 7, overdue: 1, plain: 2 }), {
    accepted: 2,
    plain: 2,
  })
})

const deployment = (status: Deployment['status']): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', uid: 'u', resourceVersion: '1', generation: 3 },
  spec: { replicas: 2, template: { spec: { containers: [] } } },
  ...(status === undefined ? {} : { status }),
})
const done = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2 }

test('a rollout is over when exactly the wanted pods are new and ready', (t) => {
  t.true(isRolledOut(deployment(done)))
  t.false(isRolledOut(deployment({ ...done, observedGeneration: 2 })))
  t.false(isRolledOut(deployment({ ...done, replicas: 3 })))
  t.false(isRolledOut(deployment({ ...done, updatedReplicas: 1 })))
  t.false(isRolledOut(deployment(undefined)))
})
