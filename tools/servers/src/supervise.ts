/**
 * Keeps one process running.
 *
 *   stopped → starting → running → crashed → (back-off) → starting …
 *   any state → stop() → stopped
 */
import { setTimeout as delay } from 'node:timers/promises'

/** A started process: a server, or a service. */
export interface Launched {
  readonly pid: number
  readonly exited: Promise<unknown>
  stop: () => Promise<void>
  kill: (signal: NodeJS.Signals) => void
}

export interface SuperviseOptions {
  name: string
  launch: () => Promise<Launched>
  /** Told of every change of the process behind the name. */
  onChange: () => void
  /** Told when it ended without being asked to, or could not be started again. */
  onCrash: (name: string, backOffMs: number, error?: unknown) => void
  /** Milliseconds before the first restart; doubles up to `maxBackOffMs` until it has run `stableMs`. */
  backOffMs?: number
  maxBackOffMs?: number
  stableMs?: number
}

export interface Managed {
  readonly name: string
  /** Undefined while it is down. */
  readonly pid: () => number | undefined
  /** Number of restarts after a crash. */
  readonly restarts: () => number
  /** Starts it; rejects when the first launch fails. A later crash is restarted. */
  start: () => Promise<void>
  /** Ends it in order, and keeps it down. */
  stop: () => Promise<void>
  /** Sends a signal to the process; what dies of it is restarted. */
  kill: (signal: NodeJS.Signals) => void
}

export function supervise(options: SuperviseOptions): Managed {
  const { backOffMs = 200, maxBackOffMs = 5_000, stableMs = 30_000 } = options
  let current: Launched | undefined
  let restarts = 0
  let wait = backOffMs
  let cancel = new AbortController()

  async function launch(): Promise<void> {
    const { signal } = cancel
    const process = await options.launch()
    if (signal.aborted) return process.stop() // Stopped while it was starting.
    current = process
    options.onChange()
    const began = performance.now()
    void process.exited.then(async () => {
      if (current === process) current = undefined
      options.onChange()
      if (signal.aborted) return
      if (performance.now() - began > stableMs) wait = backOffMs
      await relaunch(signal)
    })
  }

  async function relaunch(signal: AbortSignal, error?: unknown): Promise<void> {
    const pause = wait
    wait = Math.min(wait * 2, maxBackOffMs)
    options.onCrash(options.name, pause, error)
    await delay(pause, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    restarts += 1
    await launch().catch(async (failure: unknown) => {
      if (!signal.aborted) await relaunch(signal, failure)
    })
  }

  return {
    name: options.name,
    pid: () => current?.pid,
    restarts: () => restarts,
    kill: (signal) => current?.kill(signal),
    start: async () => {
      if (current !== undefined) return
      cancel = new AbortController()
      wait = backOffMs
      await launch()
    },
    stop: async () => {
      cancel.abort()
      await current?.stop()
    },
  }
}
