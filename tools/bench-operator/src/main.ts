/**
 * `make bench-operator`: what the two controllers take of memory and processor while nothing happens. Environment:
 * POOLS, SITUATIONS, SETTLE, DURATION (see README.md). Exits 1 when more than the limits of report.ts.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'

import { messageOf } from '@medqueue/servers'

import { type Options, optionsIn } from './options.ts'
import { closingLine, missed, type Result, table } from './report.ts'
import { run } from './run.ts'
import { compileAhead } from './world/controller.ts'

const FOLDER = resolve('.data/bench-operator')

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stopping.abort(new Error('The bench was stopped')))
}

async function main(): Promise<number> {
  const options = optionsIn(process.env)
  const { situations, count, settleSeconds, seconds } = options
  await mkdir(FOLDER, { recursive: true })
  const results: Result[] = []
  for (const situation of situations) {
    console.log(`${count} ${situation.name}: ${situation.controller}, ${settleSeconds} + ${seconds} s …`)
    await compileAhead(FOLDER, situation.controller)
    const figures = await run(situation, { ...options, folder: FOLDER, signal: stopping.signal })
    results.push({ situation, count, figures })
  }
  return conclude(results, options)
}

async function conclude(results: readonly Result[], { settleSeconds, seconds }: Options): Promise<number> {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
  const file = join(FOLDER, 'report.json')
  await writeFile(file, JSON.stringify({ machine, settleSeconds, seconds, results }, undefined, 2))
  console.log(`\n${table(results)}\n\nReport: ${file}`)
  const failures = missed(results)
  for (const failure of failures) console.error(failure)
  console.log(closingLine(results))
  return failures.length > 0 ? 1 : 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(stopping.signal.aborted ? 130 : 2)
  },
)
