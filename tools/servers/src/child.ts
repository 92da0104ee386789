/**
 * A child process that never outlives us.
 *
 *   starting → running → (stop: signal → wait → SIGKILL) → ended
 *
 * It leads its own session, so Ctrl-C in the terminal reaches us and not it. On Linux the kernel signals it when we
 * die, however we die (`setpriv --pdeathsig`). Where that is missing, its pid file lets the next start end it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'

import { join } from 'node:path'

import { messageOf, ServerError } from './errors.ts'
import { identityOf, isAlive, type ProcessIdentity, waitForEnd } from './process-table.ts'

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path))
const MAX_LOG_BYTES = 16 * 1024 ** 2

export interface ChildCommand {
  /** Human name, for messages. */
  name: string
  file: string
  args: readonly string[]
  logFile: string
  pidFile: string
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Run as this user; needs root. */
  user?: RunAs | undefined
  /** Ends the process in order; TERM when not given. */
  stopSignal?: 'SIGTERM' | 'SIGINT'
  /** Milliseconds between the stop signal and SIGKILL. */
  stopTimeoutMs?: number
}

export interface RunAs {
  uid: number
  gid: number
  /** Lets that user read below folders that only root may enter. */
  enterAnyFolder: boolean
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Child {
  readonly pid: number
  /** Resolves when the process has ended, never rejects. */
  readonly exited: Promise<Exit>
  readonly running: () => boolean
  /** Ends it in order, by force after a while. Safe to call twice. */
  stop: () => Promise<void>
  kill: (signal: NodeJS.Signals) => void
  /** What it wrote to its log since this start. */
  output: () => string
}

/** Starts the program; resolves once the system has started it, not once it is ready. */
export async function startChild(command: ChildCommand): Promise<Child> {
  await endLeftover(command.pidFile, command.name)
  rotate(command.logFile)
  const logStart = existsSync(command.logFile) ? statSync(command.logFile).size : 0
  const log = openSync(command.logFile, 'a', 0o640)
  try {
    const child = spawnDetached(command, log)
    const pid = await started(child, command)
    writePidFile(command.pidFile, pid)
    return handle(child, pid, command, logStart)
  } finally {
    closeSync(log)
  }
}

function spawnDetached(command: ChildCommand, log: number): ChildProcess {
  const [file, args] = wrap(command)
  return spawn(file, args, {
    cwd: command.cwd,
    env: command.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
  })
}

function wrap({ file, args, user, stopSignal }: ChildCommand): [string, string[]] {
  if (SETPRIV === undefined) {
    if (user === undefined) return [file, [...args]]
    throw new ServerError(
      'SERVERS_TOOL_MISSING',
      'The program setpriv is missing: install the package util-linux.',
    )
  }
  const death = ['--pdeathsig', (stopSignal ?? 'SIGTERM').slice(3)]
  return [SETPRIV, [...death, ...userFlags(user), '--', file, ...args]]
}

/**
 * `setpriv` flags that become the user. The secure bit keeps access(2) from ignoring the capabilities, which initdb
 * relies on to find its programs.
 */
export function userFlags(user: RunAs | undefined): string[] {
  if (user === undefined) return []
  const capabilities = '+dac_override,+dac_read_search'
  const enter = user.enterAnyFolder
    ? [`--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`, '--securebits=+no_setuid_fixup']
    : []
  return [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...enter]
}

async function started(child: ChildProcess, { name, file }: ChildCommand): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(
        new ServerError(
          'SERVERS_START_FAILED',
          `${name} could not be started from ${file}: ${messageOf(error)}`,
          {
            cause: error,
          },
        ),
      )
    })
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid)
    })
  })
}

function handle(child: ChildProcess, pid: number, command: ChildCommand, logStart: number): Child {
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      rmSync(command.pidFile, { force: true })
      resolve({ code, signal })
    })
  })
  const running = () => child.exitCode === null && child.signalCode === null
  const kill = (signal: NodeJS.Signals) => {
    if (running()) child.kill(signal)
  }
  const stop = async () => {
    kill(command.stopSignal ?? 'SIGTERM')
    kill('SIGCONT') // A paused process cannot end in order.
    const force = setTimeout(() => kill('SIGKILL'), command.stopTimeoutMs ?? 10_000)
    await exited
    clearTimeout(force)
  }
  return { pid, exited, running, stop, kill, output: () => readFrom(command.logFile, logStart) }
}

function readFrom(file: string, start: number): string {
  return existsSync(file) ? readFileSync(file).subarray(start).toString('utf8') : ''
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > MAX_LOG_BYTES) renameSync(logFile, `${logFile}.1`)
}

interface PidFile {
  child: ProcessIdentity
  owner: ProcessIdentity
}

function writePidFile(file: string, pid: number): void {
  const content: PidFile = { child: identityOf(pid), owner: identityOf(process.pid) }
  writeFileSync(file, JSON.stringify(content))
}

/** Where a process of that data folder notes its pid. */
export function pidFileIn(dataDir: string, program: string): string {
  return join(dataDir, `${program}.pid`)
}

/** Ends what an earlier run left behind; throws SERVERS_DATA_IN_USE when that run still goes on. */
export async function endLeftover(pidFile: string, name: string): Promise<void> {
  const known = readPidFile(pidFile)
  if (known === undefined) return
  if (!isAlive(known.child)) return
  if (isAlive(known.owner) || known.child.startTicks === undefined) {
    throw new ServerError(
      'SERVERS_DATA_IN_USE',
      `${name} already runs from this data folder as process ${known.child.pid}, started by process ${known.owner.pid}: stop that one first.`,
    )
  }
  process.kill(known.child.pid, 'SIGINT')
  if (await waitForEnd(known.child, 5_000)) return
  process.kill(known.child.pid, 'SIGKILL')
  await waitForEnd(known.child, 5_000)
}

function readPidFile(file: string): PidFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PidFile
  } catch {
    return undefined // None, or cut short by a crash: nothing to learn from it.
  }
}
