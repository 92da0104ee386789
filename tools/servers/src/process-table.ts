import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** One process for good: a pid alone may be given to another program later. */
export interface ProcessIdentity {
  pid: number
  /** Clock ticks from boot to its start; undefined where the system has no /proc. */
  startTicks?: number | undefined
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: stat(pid)?.startTicks }
}

/** True while this very process runs; a zombie counts as gone. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = stat(pid)
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

function stat(pid: number): { state: string; startTicks: number } | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The second field is the program's name in brackets and may hold spaces, so count from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '?', startTicks: Number(fields[19]) }
}
