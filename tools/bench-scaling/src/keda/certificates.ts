import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { run } from '@medqueue/servers'

/** The names under which KEDA's two processes and the API server know each other. */
export function namesIn(namespace: string): string[] {
  const services = ['keda-operator', 'keda-metrics-apiserver']
  return ['localhost', ...services.map((service) => `${service}.${namespace}.svc`)]
}

const DAYS = '30'

/** Makes a certificate authority and one certificate of it, for both ends, under the file names that KEDA looks for. */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = (name: string) => join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const [authority, authorityKey] = [file('ca.crt'), file('ca.key')]
  await run('openssl', [
    ...['req', '-x509', ...key, '-keyout', authorityKey, '-out', authority],
    ...['-subj', '/CN=bench-scaling', '-days', DAYS],
  ])
  const request = file('tls.csr')
  await run('openssl', ['req', ...key, '-keyout', file('tls.key'), '-out', request, '-subj', '/CN=keda'])
  const extensions = file('tls.ext')
  const alternatives = names.map((name) => `DNS:${name}`).join(',')
  await writeFile(
    extensions,
    `basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=${alternatives}\n`,
  )
  await run('openssl', [
    ...['x509', '-req', '-sha256', '-in', request, '-extfile', extensions, '-days', DAYS],
    ...['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-out', file('tls.crt')],
  ])
}
