import type { Log } from '../types/clock.ts'
import type { Manager } from '../types/controller.ts'
import { serveProbes } from './probes.ts'

export interface ProcessOptions {
  /** Where the probes and metrics are. */
  host: string
  port: number
  log: Log
  /** Closes what the controller holds, once the manager has ended. */
  onEnd?: () => Promise<void>
}

/**
 * Runs a manager as a process of its own: probes and metrics on a port, and an orderly stop on SIGTERM or SIGINT. When
 * the manager ends by itself, the exit code is 1.
 */
export async function runProcess(manager: Manager, options: ProcessOptions): Promise<void> {
  const { host, port, log, onEnd } = options
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

  const probes = await serveProbes(manager, { host, port })
  log.info({ port: probes.port }, 'Controller is running')
  try {
    await manager.run(stopping.signal)
  } catch (error) {
    // Another process leads, or something cannot go on: the supervisor starts this one anew.
    log.error({ err: error }, 'Controller ended')
    process.exitCode = 1
  } finally {
    await onEnd?.()
    await probes.close()
  }
}
