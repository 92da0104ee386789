import { readFileSync } from 'node:fs'
import { request } from 'node:https'

import { type ClusterLayout, PORTS } from '../layout.ts'
import { certFile, keyFile } from './certificates.ts'
import { READY_URL } from './parts.ts'

const TIMEOUT_MS = 2_000

/** Resolves when etcd says that it has a leader. */
export async function probeEtcd(): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${PORTS.etcdMetrics}/health`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const { health } = (await answer.json()) as { health?: string }
  if (health !== 'true') throw new Error('etcd is not healthy yet')
}

/** Resolves when the API server says that it is ready. */
export async function probeApiServer({ certificates }: ClusterLayout): Promise<void> {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const tls = {
      ca: readFileSync(certFile(certificates, 'ca')),
      cert: readFileSync(certFile(certificates, 'admin')),
      key: readFileSync(keyFile(certificates, 'admin')),
    }
    const sent = request(READY_URL, { ...tls, timeout: TIMEOUT_MS }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('timeout', () => sent.destroy(new Error('the API server does not answer')))
    sent.on('error', reject)
    sent.end()
  })
  if (status !== 200) throw new Error(`the API server says ${status ?? 'nothing'}`)
}
