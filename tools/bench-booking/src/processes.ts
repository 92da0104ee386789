import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { RUNTIME_ENVIRONMENT } from '@medqueue/service-kit/runtime'

export interface Running {
  name: string
  pid: number
  stop: () => Promise<void>
}

const running = new Set<ChildProcess>()

// A bench that is stopped takes its processes with it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** Starts a TypeScript file under this Node; its output goes to a log file. */
export function start(name: string, file: string, env: Record<string, string>, logFile: string): Running {
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...RUNTIME_ENVIRONMENT, ...env },
    stdio: ['ignore', log, log],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return { name, pid: child.pid ?? 0, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(timer)
}

/** Resolves when the URL answers at all; throws after 20 s. */
export async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      await fetch(url)
      return
    } catch {
      await delay(100)
    }
  }
  throw new Error(`${url} does not answer`)
}
