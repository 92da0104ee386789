import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

import { figuresOf } from '../measure/recording.ts'
import type { Measured } from '../origin.ts'
import { nameOf, type Run, traceOf } from '../plan.ts'

export const RUNS = 'runs'
const SUFFIX = '.json.gz'

export const fileOf = (run: Run): string => join(RUNS, `${nameOf(run)}${SUFFIX}`)

/** Every moment of a run, a tenth as long as its JSON is. */
export const pack = (measured: Measured): Buffer => gzipSync(JSON.stringify(measured))

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
  const names = (await readdir(join(folder, RUNS))).filter((name) => name.endsWith(SUFFIX)).sort()
  return Promise.all(
    names
      .map((name) => join(RUNS, name))
      .map(async (file) => measuredIn(file, await readFile(join(folder, file)))),
  )
}

function measuredIn(file: string, packed: Buffer): Measured {
  const { run, recording, origin } = JSON.parse(gunzipSync(packed).toString()) as Measured
  // Runs of benches that did not say so yet.
  if ((origin as Measured['origin'] | undefined) === undefined) {
    throw new RangeError(`${file} does not say what it was measured with: begin a new report.`)
  }
  if (fileOf(run) !== file) throw new RangeError(`${file} is the run ${nameOf(run)}.`)
  return { run, recording, origin, figures: figuresOf(recording, traceOf(run)) }
}
