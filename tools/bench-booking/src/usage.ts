import { readFileSync } from 'node:fs'

import { processIds, statOf } from '@medqueue/servers'

export interface Usage {
  cpuSeconds: number
  /** Memory in use; of PostgreSQL the proportional share, so that shared buffers count once. */
  megabytes: number
}

function memoryOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** A process and its children: CPU since they started, memory now. Children that have ended are not counted. */
export function usageOf(pid: number): Usage {
  const pids = processIds().filter((candidate) => candidate === pid || statOf(candidate)?.parent === pid)
  return {
    cpuSeconds: pids.reduce((sum, one) => sum + (statOf(one)?.cpuSeconds ?? 0), 0),
    megabytes: pids.reduce((sum, one) => sum + memoryOf(one), 0),
  }
}
