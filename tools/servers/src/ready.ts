import { setTimeout as sleep } from 'node:timers/promises'

import type { Child } from './child.ts'
import { messageOf, ServerError } from './errors.ts'

export interface ReadyOptions {
  name: string
  logFile: string
  child: Child
  /** Resolves when the server answers, throws while it does not. */
  probe: () => Promise<void>
  timeoutMs?: number
}

/** Waits until the server answers; throws SERVERS_START_FAILED with its last words when it ends or stays silent. */
export async function waitUntilReady({
  name,
  logFile,
  child,
  probe,
  timeoutMs = 30_000,
}: ReadyOptions): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (child.running()) {
    try {
      await probe()
      return
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) {
      await child.stop()
      throw new ServerError(
        'SERVERS_START_FAILED',
        `${name} did not answer within ${timeoutMs / 1000} s (${messageOf(last)}): see ${logFile}.`,
        { cause: last },
      )
    }
    await sleep(20)
  }
  throw startFailure(name, logFile, child.output())
}

/** The clearest line for a server that ended while starting. */
export function startFailure(name: string, logFile: string, output: string): ServerError {
  if (/no space left on device|ENOSPC/i.test(output)) {
    return new ServerError(
      'SERVERS_DISK_FULL',
      `${name} could not write, the disk is full: delete something and try again (log: ${logFile}).`,
    )
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.findLast((line) => /fatal|error|panic|\[ERR\]|\[FTL\]|cannot|denied/i.test(line))
  const word = (telling ?? lines.at(-1) ?? 'it wrote nothing').trim().slice(0, 300)
  return new ServerError('SERVERS_START_FAILED', `${name} ended while starting: ${word} (log: ${logFile}).`)
}
