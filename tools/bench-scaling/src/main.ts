/**
 * `make bench-scaling`: the operator beside KEDA on the node of `make cluster`, with the same simple worker, the same
 * messages at the same moments, one scaler at a time. Environment: TRACES, LANES, PHASES, RESUME (see README.md). Exits 1
 * when a message was lost or came twice, in any lane; being slow is no failure.
 */
import { join, resolve } from 'node:path'

import { messageOf } from '@medqueue/servers'

import { openBench } from './bench.ts'
import { estimate } from './clock.ts'
import { leftOf, type Measured } from './origin.ts'
import { choiceOf, nameOf, runsOf } from './plan.ts'
import { keep, tell, write } from './report/files.ts'
import { folderToResume, readMeasured } from './report/kept.ts'
import { progressLine } from './report/progress.ts'
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
  const choice = choiceOf(process.env)
  const layout = findNode()
  const reports = resolve(layout.state, '../reports/bench-scaling')
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

const stamp = (at: Date) => at.toISOString().slice(0, 19).replaceAll(':', '')

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(2)
  },
)
