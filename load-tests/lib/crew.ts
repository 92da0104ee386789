import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { openBarrier } from './barrier.ts'
import { LoadError } from './errors.ts'
import { type K6Process, startK6 } from './k6-process.ts'
import { availableMemory, gcPercent } from './memory.ts'
import type { Plan } from './plan.ts'
import { ProcessLog, sampleProcesses } from './processes.ts'
import { progressLine } from './progress.ts'
import type { K6Summary } from './report.ts'
import type { Share } from './split.ts'
import { Tail } from './tail.ts'
import { Tally } from './tally.ts'

export interface CrewOptions {
  k6: string
  plan: Plan
  shares: readonly Share[]
  /** Where their files go. */
  folder: string
  /** Files of the scripts' data. */
  tokens: string
  world: string
  runId: string
  /** The platform's processes now. */
  processes: () => Record<string, number>
  say: (line: string) => void
}

/** What the processes leave behind. */
export interface CrewResult {
  tally: Tally
  start: number
  end: number
  processes: ProcessLog
  summaries: K6Summary[]
  exits: (number | null)[]
}

const LOOK_EVERY_MS = 1_000
const LOOKS_A_LINE = 5

/**
 * Runs the k6 processes of one load test together, from the barrier to the last line they write. The first interrupt
 * ends them early, so that there still is a report. Throws LOAD_K6 when one ends before all have begun.
 */
export async function runCrew(options: CrewOptions): Promise<CrewResult> {
  const { shares, say } = options
  const barrier = await openBarrier(shares.length)
  const crew = shares.map((share, index) => startOne(options, share, index + 1, barrier.url))
  const stop = () => {
    say('  ending early')
    for (const one of crew) one.kill()
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    say(`  making the patients in ${crew.length === 1 ? 'one process' : `${crew.length} processes`} …`)
    const start = await Promise.race([barrier.started, ...crew.map(earlyEnd)])
    return await watch(options, crew, start)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    for (const one of crew) one.kill()
    barrier.close()
  }
}

function startOne(options: CrewOptions, share: Share, number: number, barrier: string): K6Process {
  const { k6, plan, folder, tokens, world, runId } = options
  const env = {
    GOGC: process.env.GOGC ?? String(gcPercent(plan.vus, availableMemory())),
    ...{ BARRIER: barrier, TOKENS: tokens, WORLD: world, RUN_ID: runId, ROOM: plan.room ? 'on' : 'off' },
    ...{ VUS: String(plan.vus), RAMP: String(plan.ramp), HOLD: String(plan.hold), PAUSE: String(plan.pause) },
  }
  return startK6({ k6, scenario: plan.scenario, share, number, folder, env })
}

/** Rejects when the process ends; raced against the beginning. */
async function earlyEnd({ ended, log }: K6Process): Promise<never> {
  await ended
  const words = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join(' | ')
  throw new LoadError('LOAD_K6', `k6 ended before it began (${basename(log)}): ${words}`)
}

async function watch(options: CrewOptions, crew: readonly K6Process[], start: number): Promise<CrewResult> {
  const { say } = options
  const tally = new Tally()
  const tails = crew.map(({ lines }) => new Tail(lines))
  const processes = new ProcessLog()
  let exits: (number | null)[] | undefined
  void Promise.all(crew.map(async ({ ended }) => ended)).then((codes) => (exits = codes))
  const take = () => {
    for (const tail of tails) for (const line of tail.lines()) tally.take(line)
  }
  for (let look = 1; exits === undefined; look++) {
    await delay(LOOK_EVERY_MS)
    take()
    if (look % LOOKS_A_LINE !== 0) continue
    processes.add(sampleProcesses({ ...options.processes(), ...pidsOf(crew) }))
    say(progressLine(tally, { start, now: Date.now(), seconds: LOOKS_A_LINE }))
  }
  take()
  const summaries = await Promise.all(crew.map(async ({ summary }) => readSummary(summary)))
  return { tally, start, end: tally.lastSecond() * 1_000, processes, summaries, exits }
}

function pidsOf(crew: readonly K6Process[]): Record<string, number> {
  return Object.fromEntries(crew.map(({ pid }, index) => [`k6-${index + 1}`, pid]))
}

async function readSummary(file: string): Promise<K6Summary> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as K6Summary
  } catch {
    return {} // It was ended before it could write one; its exit code tells.
  }
}
