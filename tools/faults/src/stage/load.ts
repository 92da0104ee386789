import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import type { Answer } from '../books/answer.ts'
import { Recovery } from '../books/recovery.ts'
import type { DriverMessage, HarnessMessage, Plan, Told } from '../driver/plan.ts'

/** The driver process, seen from the harness. */
export interface Load {
  /** Answers so far of which the test is true. */
  count: (test: (told: Told) => boolean) => number
  /** Waits until so many answers pass the test; throws at the limit. */
  reaches: (count: number, test: (told: Told) => boolean, limitMs: number) => Promise<void>
  /** Milliseconds until every doctor could be booked again; undefined when one could not within the limit. */
  recovery: (since: number, limitMs: number) => Promise<number | undefined>
  /** Stops the load, waits until every open question has an answer, and gives all of them. Safe to call twice. */
  finish: () => Promise<Answer[]>
  /** Ends the process whatever it does. */
  abort: () => void
}

const DRIVER = join(import.meta.dirname, '../driver/main.ts')
const FINISH_LIMIT_MS = 45_000

export async function startLoad(directory: string, plan: Omit<Plan, 'file'>): Promise<Load> {
  const file = join(directory, 'answers.jsonl')
  const planFile = join(directory, 'plan.json')
  await writeFile(planFile, JSON.stringify({ ...plan, file } satisfies Plan), { mode: 0o600 })
  const log = openSync(join(directory, 'driver.log'), 'a')
  const child = fork(DRIVER, [planFile], {
    execArgv: [],
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', log, log, 'ipc'],
  })
  const told: Told[] = []
  let ended: string | undefined
  child.on('message', (message: DriverMessage) => {
    if ('told' in message) for (const one of message.told) told.push(one)
  })
  child.on('exit', (code, signal) => (ended = String(code ?? signal)))
  const alive = () => {
    if (ended !== undefined) throw new Error(`the driver ended early (${ended}): see driver.log`)
  }
  let finishing: Promise<Answer[]> | undefined
  return {
    count: (test) => told.filter(test).length,
    reaches: async (count, test, limitMs) => {
      const deadline = Date.now() + limitMs
      while (told.filter(test).length < count) {
        alive()
        if (Date.now() > deadline) throw new Error('the load did not show what was waited for')
        await delay(50)
      }
    },
    recovery: async (since, limitMs) => {
      const recovery = new Recovery(plan.town.doctors, since)
      const deadline = since + limitMs
      for (let seen = 0; ;) {
        for (; seen < told.length; seen++) noteIn(recovery, told[seen])
        if (recovery.tookMs !== undefined) return recovery.tookMs
        alive()
        if (performance.timeOrigin + performance.now() > deadline) return undefined
        await delay(50)
      }
    },
    finish: () => (finishing ??= finish(child, () => ended, file)),
    abort: () => child.kill('SIGKILL'),
  }
}

function noteIn(recovery: Recovery, told: Told | undefined): void {
  if (told !== undefined) recovery.note(told)
}

async function finish(child: ChildProcess, ended: () => string | undefined, file: string): Promise<Answer[]> {
  if (ended() === undefined) {
    child.send({ stop: true } satisfies HarnessMessage)
    const timer = setTimeout(() => child.kill('SIGKILL'), FINISH_LIMIT_MS)
    await once(child, 'exit')
    clearTimeout(timer)
  }
  if (ended() !== '0') throw new Error(`the driver did not finish (${ended() ?? '-'}): see driver.log`)
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Answer)
}
