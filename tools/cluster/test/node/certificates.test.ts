import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { clusterLayout, NETWORK } from '../../src/layout.ts'
import {
  certFile,
  certificateSpecs,
  extensionsOf,
  keyFile,
  makeCertificates,
} from '../../src/node/certificates.ts'

const specs = certificateSpecs('node-1')
const layout = () => clusterLayout({ MEDQUEUE_DATA: mkdtempSync(join(tmpdir(), 'certificates-')) })

test('the API server answers to every name that pods and people use', (t) => {
  const server = specs.find(({ name }) => name === 'apiserver')
  t.deepEqual(server?.ips, [NETWORK.kubernetes, NETWORK.node, '127.0.0.1'])
  for (const name of [
    'kubernetes',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'localhost',
  ]) {
    t.true(server?.dns?.includes(name), name)
  }
})

test('the node is in the group that the node authorizer knows', (t) => {
  const kubelet = specs.find(({ name }) => name === 'kubelet')
  t.is(kubelet?.commonName, 'system:node:node-1')
  t.is(kubelet?.organization, 'system:nodes')
})

test('only a certificate with names has a list of names', (t) => {
  const texts = new Map(specs.map((spec) => [spec.name, extensionsOf(spec)]))
  t.notRegex(texts.get('admin') ?? '', /subjectAltName/)
  t.regex(texts.get('admin') ?? '', /extendedKeyUsage = clientAuth/)
  t.regex(texts.get('etcd') ?? '', /subjectAltName = DNS:localhost, IP:127\.0\.0\.1/)
})

test('makes certificates that their authority signed, keeps them, and hides the keys', async (t) => {
  const made = layout()
  await makeCertificates(made)
  const read = (name: string) => new X509Certificate(readFileSync(certFile(made.certificates, name)))
  const [authority, server] = [read('ca'), read('apiserver')]
  t.true(server.verify(authority.publicKey))
  t.is(server.checkIP(NETWORK.node), NETWORK.node)
  t.is(server.checkHost('kubernetes.default.svc'), 'kubernetes.default.svc')
  t.true(read('front-proxy-client').verify(read('front-proxy-ca').publicKey))
  t.false(read('front-proxy-client').verify(authority.publicKey))
  t.is(statSync(keyFile(made.certificates, 'admin')).mode & 0o777, 0o600)

  await makeCertificates(made)
  t.is(read('apiserver').serialNumber, server.serialNumber)
})
