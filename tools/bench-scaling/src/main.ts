/**
 * `make bench-scaling`: the operator beside KEDA on the node of `make cluster`, with the same simple worker, the same
 * messages at the same moments, one scaler at a time; with SCALE_DOWNS, the operator alone taking workers away under
 * load. Environment: TRACES, LANES, PHASES, RESUME (see README.md). Exits 1 when a message was lost or came twice, in
 * any lane; being slow is no failure.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import type { ClusterLayout } from '@medqueue/cluster'
import { messageOf } from '@medqueue/servers'

import { openBench } from './bench.ts'
import { estimate } from './clock.ts'
import { leftOf, type Measured } from './origin.ts'
import { choiceOf, nameOf, runsOf, scaleDownsOf } from './plan.ts'
import { keep, tell, write } from './report/files.ts'
import { folderToResume, readMeasured } from './report/kept.ts'
import { progressLine } from './report/progress.ts'
import { concludeScaleDowns, lowerOften } from './scale-downs.ts'
import { findNode } from './world/place.ts'

const say = (line: string) => console.log(line)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('stopping; taking away what the bench has made …')
    stopping.abort(new Error('The bench was stopped.'))
  })
}

async function main(): Promise<number> {
  const scaleDowns = scaleDownsOf(process.env)
  const layout = findNode()
  const reports = resolve(layout.state, '../reports/bench-scaling')
  return scaleDowns === undefined ? compare(layout, reports) : prove(layout, reports, scaleDowns)
}

async function compare(layout: ClusterLayout, reports: string): Promise<number> {
  const choice = choiceOf(process.env)
  const resume = process.env.RESUME ?? ''
  const folder = resume === '' ? join(reports, stamp(new Date())) : await folderToResume(resume, reports)
  const measured: Measured[] = resume === '' ? [] : await readMeasured(folder)
  const kept = measured.length
  const bench = await openBench({ layout, folder, signal: stopping.signal, say })
  try {
    const runs = leftOf(runsOf(choice), measured, bench.code)
    say(`${runs.length} runs, about ${Math.ceil(estimate(runs) / 60)} minutes; results in ${folder}`)
    if (kept > 0) say(`${kept} runs that are there already are kept`)
    await bench.run(runs, async (one) => {
      measured.push(one)
      await keep(folder, one)
      await write(folder, measured)
      say(progressLine(nameOf(one.run), one.figures, { done: measured.length - kept, runs }))
    })
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    await bench.close()
  }
  return conclude(folder, measured)
}

async function conclude(folder: string, measured: readonly Measured[]): Promise<number> {
  if (measured.length === 0) return 130
  await write(folder, measured)
  const { table, asked, losses, faults, line } = tell(measured)
  say(`\n${table}\n\n${asked}\n\nWhere another scaler did better:`)
  for (const text of losses) say(text)
  say(`\nReport: ${join(folder, 'report.md')}`)
  for (const fault of faults) console.error(fault)
  say(line)
  if (stopping.signal.aborted) return 130
  return faults.length > 0 ? 1 : 0
}

/** The operator alone: takes workers away under load, that often. */
async function prove(layout: ClusterLayout, reports: string, wanted: number): Promise<number> {
  const folder = join(reports, `${stamp(new Date())}-scale-downs`)
  const bench = await openBench({ layout, folder, signal: stopping.signal, say })
  try {
    const found = await lowerOften(bench.world, wanted, say)
    const { line, proved } = concludeScaleDowns(found, wanted)
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'report.json'),
      JSON.stringify({ wanted, found, code: bench.code }, undefined, 2),
    )
    say(line)
    return proved ? 0 : 1
  } finally {
    await bench.close()
  }
}

const stamp = (at: Date) => at.toISOString().slice(0, 19).replaceAll(':', '')

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(2)
  },
)
