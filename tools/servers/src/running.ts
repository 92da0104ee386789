import type { Child, Exit } from './child.ts'

export interface StartOptions {
  /** Everything the server keeps; made when missing. */
  dataDir: string
  /** Where the server's log goes; the data folder when not given. */
  logDir?: string | undefined
  /** Told what takes time. */
  say?: ((line: string) => void) | undefined
}

export interface RunningServer {
  readonly name: string
  readonly url: string
  readonly pid: number
  /** Resolves when the server has ended, however it ended. */
  readonly exited: Promise<Exit>
  /** Ends it in order. Safe to call twice. */
  stop: () => Promise<void>
  /** Sends a signal, for tests that kill or pause it. */
  kill: (signal: NodeJS.Signals) => void
}

export function running(name: string, url: string, child: Child): RunningServer {
  return { name, url, pid: child.pid, exited: child.exited, stop: child.stop, kill: child.kill }
}
