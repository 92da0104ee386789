import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { lastWords, type Managed, messageOf, ServerError } from '@medqueue/servers'

const DEADLINE_MS = 180_000
/** A service that crashes again and again while starting has a reason, and waiting does not mend it. */
const CRASHES = 2

export interface ReadyOptions {
  managed: Managed
  url: string
  logFile: string
  signal: AbortSignal
}

/** Waits until the service says that it is ready. Throws SERVERS_START_FAILED with its reason when it is not to be. */
export async function waitUntilReady({ managed, url, logFile, signal }: ReadyOptions): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    signal.throwIfAborted()
    const answer = await ask(url)
    if (answer === undefined) return
    if (managed.restarts() >= CRASHES) {
      throw failed(managed, `ends while starting: ${lastWords(logOf(logFile))}`, logFile)
    }
    if (Date.now() > deadline)
      throw failed(managed, `is not ready after ${DEADLINE_MS / 1000} s: ${answer}`, logFile)
    await delay(50)
  }
}

function failed({ name }: Managed, what: string, logFile: string): ServerError {
  return new ServerError('SERVERS_START_FAILED', `${name} ${what} (log: ${logFile}).`)
}

/** Undefined when ready, else what it says. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
    const body = await answer.text()
    return answer.ok ? undefined : `${answer.status} ${body.slice(0, 300)}`
  } catch (error) {
    return messageOf(error)
  }
}

function logOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-20_000) : ''
}
