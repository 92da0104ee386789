import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { endLeftover, onPath, pidFileIn, run, waitForEnd } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import { type ClusterLayout, hostsLine, NETWORK } from '../layout.ts'
import {
  mountsBelow,
  networkResults,
  podGroups,
  shimSocket,
  shimsOf,
  tablesToDelete,
  withDescendants,
} from './leftovers.ts'
import { notedSysctls, writeSysctl } from './network.ts'
import { partWaves } from './parts.ts'
import { processRows } from './process-rows.ts'
import { liveSupervisor } from './supervisor-file.ts'

const SUPERVISOR_STOP_MS = 60_000
const PODS_END_MS = 20_000
const SBIN = ['/usr/sbin', '/sbin']

/**
 * Ends every process of the node and takes away all that it made on the machine: containers, mounts, control groups,
 * network, rules, settings. Images, certificates and logs stay, so that the next start is quick. What is not there is
 * skipped: any part may have been killed before. With `keepData` the objects of the cluster and its volumes stay too.
 * Returns what it could not remove.
 */
export async function stopNode(
  layout: ClusterLayout,
  { keepData = false }: { keepData?: boolean } = {},
): Promise<string[]> {
  await stopParts(layout)
  await endPods(layout)
  const left = [...(await unmountAll(layout)), ...removeGroups()]
  await removeNetwork()
  removeLinks(layout)
  unnameNode(layout)
  for (const [name, value] of notedSysctls(layout)) writeSysctl(name, value)
  const data = keepData ? [] : [layout.etcd, layout.volumes, layout.kubeconfig]
  const gone = [layout.run, layout.kubelet, layout.podLogs, layout.pids, layout.supervisorFile]
  for (const path of [...gone, ...data, layout.sysctlFile]) {
    if (left.every((mount) => !mount.startsWith(path))) rmSync(path, { recursive: true, force: true })
  }
  return left
}

/** True when a node of this folder was started and not taken away since, however far its start came. */
export function wasStarted({ supervisorFile, run: sockets, sysctlFile }: ClusterLayout): boolean {
  return [supervisorFile, sockets, sysctlFile].some((path) => existsSync(path))
}

/** The supervisor ends its parts in order; parts that outlived a killed supervisor are ended one by one. */
export async function stopParts(layout: ClusterLayout): Promise<void> {
  const live = liveSupervisor(layout)
  if (live !== undefined) {
    process.kill(live.supervisor.pid, 'SIGTERM')
    if (!(await waitForEnd(live.supervisor, SUPERVISOR_STOP_MS))) {
      process.kill(live.supervisor.pid, 'SIGKILL')
      await waitForEnd(live.supervisor, 5_000)
    }
  }
  for (const { name } of partWaves(layout).flat().reverse()) {
    await endLeftover(pidFileIn(layout.pids, name), name)
  }
}

/** True while a pod of this node lives. */
export function podsLive({ containerdSocket }: ClusterLayout): boolean {
  return shimsOf(processRows(), containerdSocket).length > 0
}

/** Kills containers and their shims until none is left: a shim may be starting another process meanwhile. */
async function endPods({ containerdSocket }: ClusterLayout): Promise<void> {
  const deadline = Date.now() + PODS_END_MS
  for (;;) {
    const rows = processRows()
    const shims = shimsOf(rows, containerdSocket)
    const ours = withDescendants(rows, shims)
    if (ours.length === 0) return
    for (const path of shims.flatMap((shim) => shimSocket(shim, containerdSocket)))
      rmSync(path, { force: true })
    if (Date.now() > deadline) {
      const pids = ours.map(({ pid }) => pid).join(' ')
      throw new ClusterError('CLUSTER_NOT_READY', `Processes of pods do not end: ${pids}. Try again.`)
    }
    for (const { pid } of ours) kill(pid)
    await delay(100)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

async function unmountAll(layout: ClusterLayout): Promise<string[]> {
  const read = () => mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), [layout.state, layout.run])
  // A mount may lie over another one at the same place, and a busy one is let go of when its last user is.
  for (const point of read()) await run('umount', [point]).catch(async () => run('umount', ['-l', point]))
  return read()
}

/** Removes empty groups from the innermost; one with processes of somebody else stays. Returns those. */
function removeGroups(): string[] {
  const groups = podGroups(readFileSync('/proc/self/mountinfo', 'utf8')).filter((path) => existsSync(path))
  for (const group of groups) removeGroup(group)
  return groups.filter((path) => existsSync(path))
}

function removeGroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(path, entry.name))
  }
  try {
    rmdirSync(path)
  } catch {
    // Not empty: told by the caller.
  }
}

async function removeNetwork(): Promise<void> {
  const { bridge, table } = NETWORK
  const [ip, nft] = [await onPath('ip', SBIN), await onPath('nft', SBIN)]
  if (ip !== undefined && existsSync(`/sys/class/net/${bridge}`)) await run(ip, ['link', 'delete', bridge])
  if (nft === undefined) return
  const listing = JSON.parse(await run(nft, ['--json', 'list', 'tables'])) as Parameters<
    typeof tablesToDelete
  >[0]
  for (const { family, name } of tablesToDelete(listing, table))
    await run(nft, ['delete', 'table', family, name])
}

/** The line that `nameNode` added, and no other. */
function unnameNode({ nodeName }: ClusterLayout): void {
  const text = readFileSync('/etc/hosts', 'utf8')
  const kept = text.replace(`${hostsLine(nodeName)}\n`, '')
  if (kept !== text) writeFileSync('/etc/hosts', kept)
}

/** Kubelet links each log in a folder that cannot be chosen; CNI keeps its results in another one. */
function removeLinks({ podLogs }: ClusterLayout): void {
  const logs = '/var/log/containers'
  for (const name of existsSync(logs) ? readdirSync(logs) : []) {
    const path = join(logs, name)
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(podLogs)) rmSync(path)
  }
  const results = '/var/lib/cni/results'
  const kept = existsSync(results) ? readdirSync(results) : []
  for (const name of networkResults(kept)) rmSync(join(results, name))
}
