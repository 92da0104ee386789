import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** One process for good: a pid alone may be given to another program later. */
export interface ProcessIdentity {
  pid: number
  /** Clock ticks from boot to its start; undefined where the system has no /proc. */
  startTicks?: number | undefined
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: statOf(pid)?.startTicks }
}

/** True while this very process runs; a zombie counts as gone. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = statOf(pid)
  if (now === undefined) return startTicks === undefined
  return now.state !== 'Z' && (startTicks === undefined || now.startTicks === startTicks)
}

/** Waits until the process is gone; false when it still runs at the deadline. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (isAlive(identity)) {
    if (Date.now() > deadline) return false
    await sleep(25)
  }
  return true
}

/** What the kernel says of a process. */
export interface ProcessStat {
  /** `Z` is a zombie. */
  state: string
  parent: number
  /** Processor time since its start. */
  cpuSeconds: number
  /** Clock ticks from boot to its start. */
  startTicks: number
}

/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICKS = 100

/** A process as `/proc/<pid>/stat` has it; undefined once it is gone, or where the system has no /proc. */
export function statOf(pid: number): ProcessStat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The second field is the program's name in brackets and may hold spaces, so count from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const at = (index: number) => Number(fields[index])
  return {
    state: fields[0] ?? '?',
    parent: at(1),
    cpuSeconds: (at(11) + at(12)) / TICKS,
    startTicks: at(19),
  }
}

/** Every process of the machine that can be seen. */
export function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}
