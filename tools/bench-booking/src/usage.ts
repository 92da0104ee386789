import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICKS = 100

export interface Usage {
  cpuSeconds: number
  /** Memory in use; of PostgreSQL the proportional share, so that shared buffers count once. */
  megabytes: number
}

function statOf(pid: number): { ppid: number; ticks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { ppid: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    return undefined
  }
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
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((candidate) => candidate > 0 && (candidate === pid || statOf(candidate)?.ppid === pid))
  const ticks = pids.reduce((sum, one) => sum + (statOf(one)?.ticks ?? 0), 0)
  return { cpuSeconds: ticks / TICKS, megabytes: pids.reduce((sum, one) => sum + memoryOf(one), 0) }
}
