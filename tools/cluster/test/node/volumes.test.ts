import test from 'ava'

import {
  claimsToServe,
  PROVISIONER,
  STORAGE_CLASS,
  volumeFor,
  volumesToDelete,
} from '../../src/node/volumes.ts'

const claim = (uid: string, more: { phase?: string; storageClassName?: string } = {}) => ({
  metadata: { name: 'data', namespace: 'medqueue', uid },
  spec: {
    storageClassName: more.storageClassName ?? STORAGE_CLASS,
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '20Gi' } },
  },
  status: { phase: more.phase ?? 'Pending' },
})

test('serves claims of its class that wait and have no volume yet', (t) => {
  const claims = [
    claim('new'),
    claim('served'),
    claim('bound', { phase: 'Bound' }),
    claim('other', { storageClassName: 'fast' }),
  ]
  const volumes = [{ spec: { claimRef: { uid: 'served' } } }]
  t.deepEqual(
    claimsToServe(claims, volumes).map(({ metadata }) => metadata?.uid),
    ['new'],
  )
})

test('a volume belongs to its claim and its node, and has the size asked for', (t) => {
  const volume = volumeFor(claim('a1'), '/srv/volumes/a1', 'node-1')
  t.like(volume.spec, { claimRef: { uid: 'a1', name: 'data' }, local: { path: '/srv/volumes/a1' } })
  t.deepEqual(volume.spec.capacity, { storage: '20Gi' })
  t.true(JSON.stringify(volume.spec.nodeAffinity).includes('node-1'))
})

test('deletes volumes of its own whose claim is gone, and no others', (t) => {
  const volume = (name: string, phase: string, provisioner = PROVISIONER) => ({
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    status: { phase },
  })
  const volumes = [volume('gone', 'Released'), volume('used', 'Bound'), volume('foreign', 'Released', 'else')]
  t.deepEqual(
    volumesToDelete(volumes).map(({ metadata }) => metadata?.name),
    ['gone'],
  )
})
