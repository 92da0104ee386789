import { readFileSync } from 'node:fs'

import { statOf } from '@medqueue/servers'

/** What the kernel says of one process. */
export interface Usage {
  /** Since its start. */
  cpuSeconds: number
  /** Resident memory now, and the most it ever was; MB of 2²⁰ bytes. */
  residentMegabytes: number
  peakMegabytes: number
}

/** @throws when there is no such process any more. */
export function usageOf(pid: number): Usage {
  const cpuSeconds = statOf(pid)?.cpuSeconds
  if (cpuSeconds === undefined) throw new Error(`Process ${pid} has ended`)
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    cpuSeconds,
    residentMegabytes: megabytesIn(status, 'VmRSS'),
    peakMegabytes: megabytesIn(status, 'VmHWM'),
  }
}

export function megabytesIn(status: string, field: 'VmRSS' | 'VmHWM'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kilobytes === undefined) throw new Error(`There is no ${field} in the status of the process`)
  return Number(kilobytes) / 1024
}
