import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { assertPortFree, assertRoom, lastWords } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import { apiUrl, type ClusterLayout, hostsLine, PORTS } from '../layout.ts'
import { certFile, keyFile, makeCertificates } from './certificates.ts'
import { configFiles, kubeconfig } from './config-files.ts'
import { setUpNetwork } from './network.ts'
import { writeOptions } from './options-file.ts'
import { probeApiServer } from './probe.ts'
import { pathFor, type Requirements } from './requirements.ts'
import { podsLive, stopNode } from './stop.ts'
import { liveSupervisor, readSupervisor } from './supervisor-file.ts'
import { waitFor } from './wait.ts'

const GIB = 1024 ** 3
const READY_MS = 180_000

/**
 * Starts the node in the background, or finds it running. A supervisor that was killed is replaced and takes over the
 * pods that live on. Resolves once the API server is ready.
 */
export async function startNode(layout: ClusterLayout, needs: Requirements): Promise<void> {
  if (liveSupervisor(layout) === undefined) await launch(layout, needs)
  await waitFor(async () => probeApiServer(layout), {
    what: 'the API server',
    timeoutMs: READY_MS,
    giveUp: () => {
      if (liveSupervisor(layout) === undefined) throw whyItEnded(layout)
    },
  })
}

async function launch(layout: ClusterLayout, needs: Requirements): Promise<void> {
  // Without a living pod there is nothing to take over, and what lies about is of an earlier boot or run.
  const adopt = podsLive(layout)
  if (!adopt && existsSync(layout.run)) await clearRun(layout)
  if (!adopt) await assertPortsFree(layout)
  await assertRoom(layout.state, 4 * GIB)
  for (const folder of [layout.state, layout.run, layout.configs, layout.cni, layout.logs, layout.volumes]) {
    await mkdir(folder, { recursive: true })
  }
  await mkdir(layout.etcd, { recursive: true, mode: 0o700 })
  await makeCertificates(layout)
  for (const { path, content } of configFiles(layout, needs.machine)) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content, { mode: 0o600 })
  }
  await writeFile(layout.kubeconfig, adminKubeconfig(layout), { mode: 0o600 })
  writeOptions(layout, { programs: Object.fromEntries(needs.programs), path: pathFor(needs.programs) })
  await nameNode(layout.nodeName)
  await setUpNetwork(layout)
  spawnSupervisor(layout)
  await waitFor(
    async () => {
      if (liveSupervisor(layout) === undefined) throw new Error('it has not told its state')
    },
    { what: 'the supervisor', timeoutMs: 20_000 },
  )
}

/** A node that ran here before is gone by now, so whoever listens is somebody else. */
async function assertPortsFree({ ingressPort }: ClusterLayout): Promise<void> {
  if (ingressPort < 1024 || ingressPort > 65_535) {
    throw new ClusterError('CLUSTER_UNSUPPORTED', 'CLUSTER_INGRESS_PORT must be from 1024 to 65535.')
  }
  await assertPortFree(ingressPort, 'the ingress (CLUSTER_INGRESS_PORT)')
  for (const [name, port] of Object.entries(PORTS)) await assertPortFree(port, `the cluster (${name})`)
}

/** Mounts and sockets only; the cluster's data stays. */
async function clearRun(layout: ClusterLayout): Promise<void> {
  const left = await stopNode(layout, { keepData: true })
  if (left.length === 0) return
  throw new ClusterError('CLUSTER_START_FAILED', `An earlier node left this behind: ${left.join(', ')}`)
}

function spawnSupervisor({ logs, supervisorFile }: ClusterLayout): void {
  rmSync(supervisorFile, { force: true })
  const log = openSync(join(logs, 'supervisor.log'), 'a')
  const program = join(import.meta.dirname, 'supervisor.ts')
  const child = spawn(process.execPath, [program], { detached: true, stdio: ['ignore', log, log], cwd: '/' })
  child.unref()
}

/** Logs and exec go to the node by name. */
async function nameNode(name: string): Promise<void> {
  const hosts = await readFile('/etc/hosts', 'utf8')
  if (!hosts.split('\n').some((line) => line.split(/\s+/).includes(name))) {
    await appendFile('/etc/hosts', `${hostsLine(name)}\n`)
  }
}

/** Carries its certificates within, so that it can be copied and given to any tool. */
function adminKubeconfig({ certificates }: ClusterLayout): string {
  const data = (path: string) => readFileSync(path).toString('base64')
  return kubeconfig({
    cluster: { server: apiUrl, 'certificate-authority-data': data(certFile(certificates, 'ca')) },
    user: {
      'client-certificate-data': data(certFile(certificates, 'admin')),
      'client-key-data': data(keyFile(certificates, 'admin')),
    },
    name: 'medqueue-admin',
  })
}

function whyItEnded(layout: ClusterLayout): ClusterError {
  const state = readSupervisor(layout)
  const parts = Object.entries(state?.parts ?? {}).filter(([, part]) => part.lastError !== undefined)
  const words = parts.map(([name]) => `${name}: ${lastWordsOf(layout, name)}`)
  const reason = [state?.error ?? 'the supervisor ended', ...words].join('; ')
  return new ClusterError(
    'CLUSTER_START_FAILED',
    `The node did not start (API server on port ${PORTS.api}): ${reason}. The logs are in ${layout.logs}.`,
  )
}

function lastWordsOf({ logs }: ClusterLayout, name: string): string {
  const file = join(logs, `${name}.log`)
  return existsSync(file) ? lastWords(readFileSync(file, 'utf8').slice(-65_536)) : 'it wrote nothing'
}
