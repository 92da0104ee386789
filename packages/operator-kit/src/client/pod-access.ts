import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'

import { systemClock } from '../clock.ts'
import type { Clock } from '../types/clock.ts'
import type { ClusterAccess } from './cluster-access.ts'

/** Where a kubelet puts what a pod may know. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Tokens are rotated in their file long before they expire; client-go looks each minute too. */
const REREAD_MS = 60_000

/** Another place for them, for a process that runs as if in a pod. */
const directoryIn = ({ SERVICE_ACCOUNT_DIR: directory = '' }: NodeJS.ProcessEnv) =>
  directory === '' ? SERVICE_ACCOUNT : directory

export interface PodAccessOptions {
  directory?: string
  clock?: Clock
}

interface Credentials {
  ca: Buffer
  token: string
  readAt: number
}

export function isInPod(env: NodeJS.ProcessEnv, directory = directoryIn(env)): boolean {
  return (env.KUBERNETES_SERVICE_HOST ?? '') !== '' && existsSync(join(directory, 'token'))
}

/** The API server as a pod sees it, with the token and the certificate authority of its service account. */
export function podAccess(
  env: NodeJS.ProcessEnv,
  { directory = directoryIn(env), clock = systemClock }: PodAccessOptions = {},
): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = env
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  let known: Credentials | undefined

  async function credentials(): Promise<Credentials> {
    const now = clock.monotonic()
    if (known !== undefined && now - known.readAt < REREAD_MS) return known
    const [ca, token] = await Promise.all([
      readFile(join(directory, 'ca.crt')),
      readFile(join(directory, 'token'), 'utf8'),
    ])
    known = { ca, token: token.trim(), readAt: now }
    return known
  }

  return {
    getCurrentCluster: () => ({ server }),
    applyToHTTPSOptions: async (options: RequestOptions) => {
      const { ca, token } = await credentials()
      Object.assign(options, { ca, headers: { Authorization: `Bearer ${token}` } })
    },
  }
}
