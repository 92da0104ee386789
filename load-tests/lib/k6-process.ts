import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

import type { Share } from './split.ts'
import { localAddresses } from './local-addresses.ts'
import { ROOT } from './target.ts'

export interface K6Options {
  k6: string
  scenario: string
  share: Share
  /** Number of the process, from 1. */
  number: number
  /** Where its files go. */
  folder: string
  /** The script's environment, without its URLs. */
  env: Record<string, string>
}

export interface K6Process {
  pid: number
  /** What it writes as things happen. */
  lines: string
  /** Its own summary, when it has ended. */
  summary: string
  /** What it says of itself. */
  log: string
  /** Exit code; null when a signal ended it. */
  ended: Promise<number | null>
  kill: () => void
}

/** Starts one k6 process; it waits at the barrier before its patients begin. */
export function startK6({ k6, scenario, share, number, folder, env }: K6Options): K6Process {
  const lines = join(folder, `k6-${number}.lines`)
  const summary = join(folder, `k6-${number}.json`)
  const child = spawn(
    k6,
    [
      'run',
      ...['--quiet', '--no-color', '--no-usage-report', '--no-thresholds', '--address', ''],
      ...['--log-format', 'raw', '--console-output', lines],
      ...['--execution-segment', share.segment, '--execution-segment-sequence', share.sequence],
      ...localAddresses(share.urls),
      join(ROOT, 'load-tests/scenarios', `${scenario}.ts`),
    ],
    {
      cwd: ROOT,
      env: { ...process.env, ...env, BOOKING_URLS: share.urls.join(','), SUMMARY: summary },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const log = join(folder, `k6-${number}.log`)
  const writer = createWriteStream(log)
  child.stdout.pipe(writer, { end: false })
  child.stderr.pipe(writer, { end: false })
  return { pid: child.pid ?? 0, lines, summary, log, ended: endOf(child), kill: () => child.kill('SIGINT') }
}

async function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', (code) => resolve(code))
  })
}
