import { readFileSync } from 'node:fs'

import { processIds, statOf } from '@medqueue/servers'

/** A core that was busy for more than this share of a second counts as busy. */
const BUSY = 0.9

/** Busy and idle ticks of each core since the start of the machine. */
export type Cores = { busy: number; all: number }[]

export const readCores = (): Cores => coresIn(readFileSync('/proc/stat', 'utf8'))

export function coresIn(text: string): Cores {
  return text
    .split('\n')
    .filter((line) => /^cpu\d/.test(line))
    .map((line) => {
      const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, ...rest] = line
        .split(/\s+/)
        .slice(1)
        .map(Number)
      const [interrupts = 0, soft = 0, stolen = 0] = rest
      const busy = user + nice + system + interrupts + soft + stolen
      return { busy, all: busy + idle + wait }
    })
}

/** True when every core was busy between the two. */
export function allBusy(before: Cores, after: Cores): boolean {
  return after.every(({ busy, all }, index) => {
    const then = before[index] ?? { busy: 0, all: 0 }
    return busy - then.busy > BUSY * (all - then.all)
  })
}

export interface Usage {
  cpuSeconds: number
  megabytes: number
}

/** Sum over the processes: CPU since their start, memory now. One that has ended counts as nothing. */
export function usageOf(pids: readonly number[]): Usage {
  return pids.map(usageOfOne).reduce(
    (sum, one) => ({
      cpuSeconds: sum.cpuSeconds + one.cpuSeconds,
      megabytes: sum.megabytes + one.megabytes,
    }),
    { cpuSeconds: 0, megabytes: 0 },
  )
}

function usageOfOne(pid: number): Usage {
  const stat = statOf(pid)
  if (stat === undefined) return { cpuSeconds: 0, megabytes: 0 }
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1]
  return { cpuSeconds: stat.cpuSeconds, megabytes: Number(resident ?? 0) / 1024 }
}

/** Processes in the control groups of those pods. */
export function processesOf(podUids: readonly string[]): number[] {
  return processIds().filter((pid) => {
    const groups = readOrNothing(`/proc/${pid}/cgroup`)
    return podUids.some((uid) => groups.includes(uid))
  })
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // It ended meanwhile.
  }
}
