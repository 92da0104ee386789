import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createClient, type KubeClient } from '@medqueue/operator-kit'
import { run } from '@medqueue/servers'

import type { Settings } from './api-server.ts'

const PROGRAM = join(import.meta.dirname, 'api-server.ts')

export interface Cluster {
  client: KubeClient
  /** By which a process finds the API server, as in a pod. */
  env: Record<string, string>
  stop: () => Promise<void>
}

/** Starts an API server, with the files in the folder that a kubelet would put into a pod. */
export async function startCluster(folder: string, settings: Omit<Settings, 'tls'>): Promise<Cluster> {
  const tls = await makeServiceAccount(folder)
  const child = fork(PROGRAM, [JSON.stringify({ ...settings, tls })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const url = await Promise.race([urlSaid(child), exited.then(() => undefined)])
  if (url === undefined) throw new Error('The API server ended before it was ready')
  const { hostname, port } = new URL(url)
  return {
    client: createClient({ kubeConfig: accessTo(url, tls.cert), fieldManager: 'bench-operator' }),
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, SERVICE_ACCOUNT_DIR: folder },
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function urlSaid(child: ChildProcess): Promise<string> {
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return url
}

const accessTo = (server: string, ca: string): Parameters<typeof createClient>[0]['kubeConfig'] => ({
  getCurrentCluster: () => ({ server }),
  applyToHTTPSOptions: async (options) => void Object.assign(options, { ca }),
})

async function makeServiceAccount(folder: string): Promise<Settings['tls']> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const [key, cert] = [join(folder, 'tls.key'), join(folder, 'ca.crt')]
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
  ])
  await writeFile(join(folder, 'token'), 'bench-operator')
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}
