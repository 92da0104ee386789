import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { run } from '@medqueue/servers'

import { type ClusterLayout, NETWORK } from '../layout.ts'

const AUTHORITY_DAYS = 3650
const LEAF_DAYS = 365
/** Made anew when less than this is left. */
const RENEW_MS = 30 * 86_400_000

export type Authority = 'ca' | 'etcd-ca' | 'front-proxy-ca'

export const AUTHORITIES: readonly Authority[] = ['ca', 'etcd-ca', 'front-proxy-ca']

/** One certificate that an authority signs: a client names itself by subject, a server by its names. */
export interface CertificateSpec {
  name: string
  authority: Authority
  commonName: string
  /** The group, for Kubernetes. */
  organization?: string
  usage: ('clientAuth' | 'serverAuth')[]
  dns?: string[]
  ips?: string[]
}

/** Every certificate of the node. Subjects are those that Kubernetes' own roles are bound to. */
export function certificateSpecs(nodeName: string): CertificateSpec[] {
  const client = (name: string, commonName: string, organization?: string): CertificateSpec => {
    const group = organization === undefined ? {} : { organization }
    return { name, authority: 'ca', commonName, ...group, usage: ['clientAuth'] }
  }
  return [
    {
      name: 'apiserver',
      authority: 'ca',
      commonName: 'kube-apiserver',
      usage: ['serverAuth'],
      dns: [
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        `kubernetes.default.svc.${NETWORK.domain}`,
        'localhost',
        nodeName,
      ],
      ips: [NETWORK.kubernetes, NETWORK.node, '127.0.0.1'],
    },
    client('apiserver-kubelet-client', 'kube-apiserver-kubelet-client', 'system:masters'),
    {
      name: 'kubelet-server',
      authority: 'ca',
      commonName: `system:node:${nodeName}`,
      organization: 'system:nodes',
      usage: ['serverAuth'],
      dns: [nodeName, 'localhost'],
      ips: [NETWORK.node, '127.0.0.1'],
    },
    client('kubelet', `system:node:${nodeName}`, 'system:nodes'),
    client('controller-manager', 'system:kube-controller-manager'),
    client('scheduler', 'system:kube-scheduler'),
    client('proxy', 'system:kube-proxy'),
    client('admin', 'medqueue-admin', 'system:masters'),
    {
      name: 'etcd',
      authority: 'etcd-ca',
      commonName: 'etcd',
      usage: ['serverAuth', 'clientAuth'],
      dns: ['localhost'],
      ips: ['127.0.0.1'],
    },
    {
      name: 'apiserver-etcd-client',
      authority: 'etcd-ca',
      commonName: 'kube-apiserver-etcd-client',
      usage: ['clientAuth'],
    },
    {
      name: 'front-proxy-client',
      authority: 'front-proxy-ca',
      commonName: 'front-proxy-client',
      usage: ['clientAuth'],
    },
  ]
}

/** OpenSSL's extension file for the certificate. */
export function extensionsOf({ usage, dns = [], ips = [] }: CertificateSpec): string {
  const names = [...dns.map((name) => `DNS:${name}`), ...ips.map((ip) => `IP:${ip}`)]
  return [
    'basicConstraints = critical, CA:FALSE',
    'keyUsage = critical, digitalSignature',
    `extendedKeyUsage = ${usage.join(', ')}`,
    ...(names.length === 0 ? [] : [`subjectAltName = ${names.join(', ')}`]),
    '',
  ].join('\n')
}

export const keyFile = (folder: string, name: string) => join(folder, `${name}.key`)
export const certFile = (folder: string, name: string) => join(folder, `${name}.crt`)

/** Makes what is missing or runs out soon. The private keys are readable by their owner only. */
export async function makeCertificates({ certificates: folder, nodeName }: ClusterLayout): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const remade = new Set<Authority>()
  for (const authority of AUTHORITIES) {
    if (await isValid(folder, authority)) continue
    await makeAuthority(folder, authority)
    remade.add(authority)
  }
  for (const spec of certificateSpecs(nodeName)) {
    const current = !remade.has(spec.authority) && (await isValid(folder, spec.name))
    if (!current) await makeLeaf(folder, spec)
  }
  if (!existsSync(keyFile(folder, 'service-accounts'))) await makeSigningKey(folder)
}

async function isValid(folder: string, name: string): Promise<boolean> {
  if (!existsSync(keyFile(folder, name)) || !existsSync(certFile(folder, name))) return false
  const { validToDate } = new X509Certificate(await readFile(certFile(folder, name)))
  return validToDate.getTime() - Date.now() > RENEW_MS
}

async function makeKey(folder: string, name: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  })
  await writeFile(keyFile(folder, name), privateKey, { mode: 0o600 })
  return keyFile(folder, name)
}

async function makeAuthority(folder: string, name: Authority): Promise<void> {
  const key = await makeKey(folder, name)
  const days = ['-days', String(AUTHORITY_DAYS)]
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature']
  await run('openssl', [
    ...['req', '-x509', '-sha256', '-key', key, '-subj', `/CN=medqueue-${name}`],
    ...[...days, ...usage, '-out', certFile(folder, name)],
  ])
}

async function makeLeaf(folder: string, spec: CertificateSpec): Promise<void> {
  const { name, authority, commonName, organization } = spec
  const key = await makeKey(folder, name)
  const group = organization === undefined ? '' : `/O=${organization}`
  const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)]
  await writeFile(extensions, extensionsOf(spec))
  await run('openssl', ['req', '-new', '-key', key, '-subj', `${group}/CN=${commonName}`, '-out', request])
  await run('openssl', [
    ...['x509', '-req', '-sha256', '-in', request, '-extfile', extensions],
    ...['-CA', certFile(folder, authority), '-CAkey', keyFile(folder, authority), '-CAcreateserial'],
    ...['-days', String(LEAF_DAYS), '-out', certFile(folder, name)],
  ])
  await Promise.all([rm(request), rm(extensions)])
}

/** Signs the tokens of service accounts; only the public half leaves the API server. */
async function makeSigningKey(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  await writeFile(keyFile(folder, 'service-accounts'), privateKey, { mode: 0o600 })
  await writeFile(join(folder, 'service-accounts.pub'), publicKey)
}
