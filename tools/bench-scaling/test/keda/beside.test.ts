import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { makeCertificates, namesIn } from '../../src/keda/certificates.ts'
import { startCountingProxy } from '../../src/keda/counting-proxy.ts'
import { kedaObjects, METRICS_API } from '../../src/keda/objects.ts'

test('the certificate is for every name of both ends, and the authority vouches for it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'keda-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  await makeCertificates(folder, namesIn('keda'))
  const read = async (name: string) => new X509Certificate(await readFile(join(folder, name)))
  const [authority, certificate] = [await read('ca.crt'), await read('tls.crt')]
  t.true(authority.ca)
  t.true(certificate.verify(authority.publicKey))
  for (const name of ['localhost', 'keda-operator.keda.svc', 'keda-metrics-apiserver.keda.svc']) {
    t.is(certificate.checkHost(name), name)
  }
  t.deepEqual(certificate.keyUsage.toSorted(), ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
})

test('questions to the monitoring are passed on and counted', async (t) => {
  const server = createServer((request, response) => response.end(`asked ${request.url ?? ''}`))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => void server.close())
  const proxy = await startCountingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(proxy.close)
  const answer = await fetch(`http://${proxy.address}/jsz?acc=%24G&consumers=true`)
  t.is(await answer.text(), 'asked /jsz?acc=%24G&consumers=true')
  t.is(proxy.count(), 1)
})

test('a monitoring that is gone is a bad gateway, not a hanging question', async (t) => {
  const proxy = await startCountingProxy('http://127.0.0.1:9')
  t.teardown(proxy.close)
  t.is((await fetch(`http://${proxy.address}/jsz`)).status, 502)
})

test('the API server finds the adapter under its service and trusts its authority', (t) => {
  const objects = kedaObjects({ address: '10.0.0.1', port: 7443, authority: 'PEM' }) as { kind: string }[]
  const of = (kind: string) => objects.find((object) => object.kind === kind)
  t.like(of('EndpointSlice'), {
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ name: 'https', port: 7443 }],
  })
  t.like(of('APIService'), { metadata: { name: METRICS_API }, spec: { caBundle: 'UEVN' } })
})
