/**
 * The parent of every process of the node. It is started in the background by `make cluster`, outlives it, starts again
 * what ends unasked, and ends everything on SIGTERM. The kernel ends its children with it; pods live on, and the next
 * supervisor takes them over.
 */
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { identityOf, type Managed, messageOf, pidFileIn, startChild, supervise } from '@medqueue/servers'

import { clusterLayout } from '../layout.ts'
import { readOptions } from './options-file.ts'
import { type Part, partWaves } from './parts.ts'
import { probeApiServer, probeEtcd } from './probe.ts'
import { type SupervisorState, writeSupervisor } from './supervisor-file.ts'
import { provisionVolumes } from './volumes.ts'
import { waitFor } from './wait.ts'

/** Kubernetes' own bound for a start of its API server is a minute; a machine under load gets two. */
const START_MS = 120_000

const layout = clusterLayout()
const managed = new Map<string, Managed>()
const errors = new Map<string, string>()
const stopping = new AbortController()
const self = identityOf(process.pid)
const startedAt = new Date().toISOString()

function publish(error?: string): void {
  const parts: SupervisorState['parts'] = {}
  for (const [name, part] of managed) {
    parts[name] = { pid: part.pid(), restarts: part.restarts(), lastError: errors.get(name) }
  }
  writeSupervisor(layout, {
    supervisor: self,
    startedAt,
    parts,
    ...(error === undefined ? {} : { error }),
  })
}

function say(line: string): void {
  appendFileSync(join(layout.logs, 'supervisor.log'), `${new Date().toISOString()} ${line}\n`)
}

async function startPart({ name }: Part): Promise<void> {
  const part = supervise({
    name,
    launch: async () => launch(name),
    onChange: publish,
    onCrash: (_, backOffMs, error) => {
      errors.set(name, error === undefined ? 'it ended unasked' : messageOf(error))
      say(`${name} ended; starting it again in ${backOffMs} ms`)
    },
  })
  managed.set(name, part)
  await part.start()
}

/** Looks its arguments up anew, so that a changed option is taken up by a restart. */
async function launch(name: string) {
  const options = readOptions(layout)
  const part = partWaves(layout, options)
    .flat()
    .find((candidate) => candidate.name === name)
  const file = options.programs[part?.program ?? '']
  if (part === undefined || file === undefined) throw new Error(`there is no program for ${name}`)
  return startChild({
    name,
    file,
    args: part.args,
    env: { PATH: options.path, HOME: '/root', ...part.env },
    logFile: join(layout.logs, `${name}.log`),
    pidFile: pidFileIn(layout.pids, name),
    ...(part.stopTimeoutMs === undefined ? {} : { stopTimeoutMs: part.stopTimeoutMs }),
  })
}

async function start(): Promise<void> {
  for (const folder of [layout.logs, layout.pids]) mkdirSync(folder, { recursive: true })
  publish()
  const [stores = [], servers = [], rest = []] = partWaves(layout, readOptions(layout))
  await Promise.all(stores.map(startPart))
  await waitFor(probeEtcd, { what: 'etcd', timeoutMs: START_MS, everyMs: 100 })
  await Promise.all(servers.map(startPart))
  const ready = { what: 'the API server', timeoutMs: START_MS, everyMs: 200 }
  await waitFor(async () => probeApiServer(layout), ready)
  await Promise.all(rest.map(startPart))
  void provisionVolumes(layout, stopping.signal, say)
}

/** In the order in which parts rely on each other; the container runtime goes last. */
const STOP_ORDER = [
  ['kubelet'],
  ['kube-proxy', 'kube-scheduler', 'kube-controller-manager'],
  ['kube-apiserver'],
  ['etcd', 'containerd'],
]

async function stop(): Promise<void> {
  if (stopping.signal.aborted) return
  stopping.abort()
  for (const wave of STOP_ORDER) await Promise.all(wave.map(async (name) => managed.get(name)?.stop()))
  process.exit(0)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
process.on('SIGHUP', () => undefined) // The terminal that started us may close.

start().catch(async (error: unknown) => {
  say(messageOf(error))
  publish(messageOf(error))
  await stop()
})
