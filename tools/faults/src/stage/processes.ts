import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort, type Managed, pidFileIn, startChild, supervise } from '@medqueue/servers'
import { RUNTIME_ENVIRONMENT } from '@medqueue/service-kit/runtime'

/** A process of the product, started again at once when it ends, as Kubernetes does. */
export interface Kept extends Managed {
  readonly url: string
  /** Kills it without warning. It comes back by itself. */
  crash: () => void
  /** Ends that nobody asked for. */
  surprises: () => number
}

export interface KeepOptions {
  name: string
  entry: string
  /** Logs and pid files. */
  directory: string
  env: Record<string, string>
}

/** Prepares a process on a free port; `start` starts it. */
export async function keep({ name, entry, directory, env }: KeepOptions): Promise<Kept> {
  const port = await freePort()
  let asked = 0
  let ended = 0
  const managed = supervise({
    name,
    launch: () =>
      startChild({
        name,
        file: process.execPath,
        args: [entry],
        logFile: join(directory, `${name}.log`),
        pidFile: pidFileIn(directory, name),
        env: {
          PATH: process.env.PATH,
          NODE_NO_WARNINGS: '1',
          ...RUNTIME_ENVIRONMENT,
          ...env,
          PORT: String(port),
        },
        stopTimeoutMs: 5_000,
      }),
    onChange: () => undefined,
    onCrash: () => {
      ended += 1
    },
    backOffMs: 20,
    maxBackOffMs: 1_000,
    stableMs: 1_000,
  })
  return {
    ...managed,
    url: `http://127.0.0.1:${port}`,
    crash: () => {
      asked += 1
      managed.kill('SIGKILL')
    },
    surprises: () => ended - asked,
  }
}

/** Resolves when the process says it is ready; throws after 30 s. */
export async function ready({ name, url }: Kept): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok === true) return
    if (Date.now() > deadline) throw new Error(`${name} is not ready after 30 s: see its log`)
    await delay(50)
  }
}
