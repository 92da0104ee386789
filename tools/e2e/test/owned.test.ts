import type { KubeObject } from '@medqueue/operator-kit'
import test from 'ava'

import { ownerOf } from '../src/kube/owned.ts'

const managedBy = (managedFields: unknown[]): KubeObject => {
  const metadata = { name: 'booking', uid: 'u', resourceVersion: '1', managedFields }
  return { apiVersion: 'medqueue.dev/v1alpha1', kind: 'BookingWorkerPool', metadata }
}
const status = { manager: 'controller', operation: 'Apply', fieldsV1: { 'f:status': {} } }
const applied = { manager: 'helm', operation: 'Apply', fieldsV1: { 'f:spec': {} } }
const edited = { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': {} } }

test('the owner of an object is who applied its spec, not who reports on it or has edited it', (t) => {
  t.deepEqual(ownerOf(managedBy([status, edited, applied])), { manager: 'helm', operation: 'Apply' })
  t.deepEqual(ownerOf(managedBy([status, edited])), { manager: 'kubectl-edit', operation: 'Update' })
  t.is(ownerOf(managedBy([status])), undefined)
})
