import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

import { figuresOf } from '../measure/recording.ts'
import type { Measured } from '../origin.ts'
import { nameOf, traceOf } from '../plan.ts'

export const RUNS = 'runs'

/**
 * The folder that RESUME means: `last`, one of those in `reports`, or a path. Throws a RangeError when there is no report.
 */
export async function folderToResume(resume: string, reports: string): Promise<string> {
  const isReport = (folder: string) => existsSync(join(folder, RUNS))
  if (resume === 'last') {
    const names = existsSync(reports) ? (await readdir(reports)).sort() : []
    const last = names.map((name) => join(reports, name)).findLast(isReport)
    if (last === undefined) throw new RangeError(`RESUME=last: there is no report in ${reports}.`)
    return last
  }
  const found = [join(reports, resume), resolve(resume)].find(isReport)
  if (found === undefined) throw new RangeError(`RESUME=${resume} is no folder of a report.`)
  return found
}

/** The runs that are in a report's folder, with their figures made anew from what was seen. */
export async function readMeasured(folder: string): Promise<Measured[]> {
  const files = (await readdir(join(folder, RUNS))).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (name) => measuredIn(name, await readFile(join(folder, RUNS, name), 'utf8'))),
  )
}

function measuredIn(file: string, text: string): Measured {
  const { run, recording, origin } = JSON.parse(text) as Measured
  // Runs of benches that did not say so yet.
  if ((origin as Measured['origin'] | undefined) === undefined) {
    throw new RangeError(`${file} does not say what it was measured with: begin a new report.`)
  }
  if (`${nameOf(run)}.json` !== basename(file)) throw new RangeError(`${file} is the run ${nameOf(run)}.`)
  return { run, recording, origin, figures: figuresOf(recording, traceOf(run)) }
}
