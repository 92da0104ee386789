import { readdirSync, readFileSync } from 'node:fs'

import { processIds, statOf } from '@medqueue/servers'

import type { ClusterLayout } from '../layout.ts'
import { liveSupervisor } from '../node/supervisor-file.ts'

/** A process, and whose it is. */
export interface GroupedProcess {
  pid: number
  parent: number
  /** Path of its control group. */
  group: string
}

/**
 * The processes of the node that `make cluster` made, by name, as they are now: its parts, such as kubelet, and for each
 * pod, under the pod's name, the process above all of its containers. Empty when no such node runs.
 */
export function nodeProcesses(layout: ClusterLayout): Record<string, number> {
  const state = liveSupervisor(layout)
  if (state === undefined) return {}
  const parts = Object.entries(state.parts).flatMap(([name, { pid }]): [string, number][] =>
    pid === undefined ? [] : [[name, pid]],
  )
  const pods = podProcesses(groupedProcesses(), podNames(readdirSync(layout.podLogs)))
  return Object.fromEntries([...parts, ...pods])
}

/** The pods' names by their ids, from the names of their folders of logs: `<namespace>_<name>_<id>`. */
export function podNames(folders: readonly string[]): Map<string, string> {
  return new Map(
    folders.flatMap((folder): [string, string][] => {
      const [, name, id] = folder.split('_')
      return name === undefined || id === undefined ? [] : [[id, name]]
    }),
  )
}

/** The shim of each pod: the parent of its processes that is in no pod itself. Pods without a name are left out. */
export function podProcesses(
  processes: readonly GroupedProcess[],
  names: ReadonlyMap<string, string>,
): Map<string, number> {
  const inPods = new Set(processes.map(({ pid }) => pid))
  const found = new Map<string, number>()
  for (const { parent, group } of processes) {
    const name = names.get(podOf(group) ?? '')
    if (name !== undefined && !inPods.has(parent)) found.set(name, parent)
  }
  return found
}

/** Of `/kubepods/burstable/pod<id>/<container>`. */
const podOf = (group: string) => /\/pod([0-9a-f-]{36})\//.exec(group)?.[1]

/** Every process that runs in a pod. */
function groupedProcesses(): GroupedProcess[] {
  return processIds().flatMap((pid) => {
    const group = groupOf(pid)
    const stat = group === undefined ? undefined : statOf(pid)
    return group === undefined || stat === undefined ? [] : [{ pid, parent: stat.parent, group }]
  })
}

function groupOf(pid: number): string | undefined {
  try {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'latin1').split('\n')
    return lines.find((line) => podOf(line) !== undefined)
  } catch {
    return undefined // It ended meanwhile.
  }
}
