import test from 'ava'

import { type PodStatus, summaryOf } from '../../src/charts/watch-pods.ts'

const pod = (name: string, status: Partial<PodStatus['status']>): PodStatus => ({
  metadata: { name },
  status: { phase: 'Running', ...status },
})
const ready = { conditions: [{ type: 'Ready', status: 'True' }] }

test('says nothing when every pod is ready or done', (t) => {
  t.is(summaryOf([pod('a', ready), pod('job', { phase: 'Succeeded' })]), '')
})

test('counts, and names the first pod that cannot go on by itself', (t) => {
  const starting = pod('b', {
    containerStatuses: [{ ready: false, state: { waiting: { reason: 'ContainerCreating' } } }],
  })
  const stuck = pod('c', {
    containerStatuses: [
      { ready: false, state: { waiting: { reason: 'ErrImagePull', message: 'no such host' } } },
    ],
  })
  t.is(summaryOf([pod('a', ready), starting]), '1 of 2 pods are ready')
  t.is(summaryOf([pod('a', ready), starting, stuck]), '1 of 3 pods are ready; c: ErrImagePull: no such host')
})

test('tells why a pod has no node', (t) => {
  const conditions = [{ type: 'PodScheduled', status: 'False', message: '1 Insufficient cpu' }]
  t.is(
    summaryOf([pod('a', { phase: 'Pending', conditions })]),
    '0 of 1 pods are ready; a: 1 Insufficient cpu',
  )
})
