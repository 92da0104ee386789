import test from 'ava'

import type { KubeObject } from '../src/manifest.ts'
import { restartedBy, serversOf } from '../src/rules/restarts.ts'

function object(kind: string, name: string, version: string): KubeObject {
  const metadata = { name, labels: { version } }
  return { apiVersion: 'apps/v1', kind, metadata, spec: { template: { metadata: { labels: { version } } } } }
}

test('a server whose pods are the same goes on, whatever is said of the server itself', (t) => {
  const before = object('StatefulSet', 'nats', '1')
  const after = { ...before, metadata: { name: 'nats', labels: { version: '2' } } }
  t.deepEqual(restartedBy([before], [after]), [])
})

test('a server whose pods differ starts anew, and so does one that is gone', (t) => {
  const before = [object('StatefulSet', 'nats', '1'), object('StatefulSet', 'redis', '1')]
  t.deepEqual(restartedBy(before, [object('StatefulSet', 'nats', '2')]), ['nats', 'redis'])
})

test('services may start anew', (t) => {
  const before = object('Deployment', 'gateway', '1')
  t.deepEqual(restartedBy([before], [object('Deployment', 'gateway', '2')]), [])
  t.deepEqual(serversOf([before]), [])
})
