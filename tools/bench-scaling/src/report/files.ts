import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'

import type { Figures, Recording } from '../measure/recording.ts'
import { type Choice, nameOf, type Run } from '../plan.ts'
import { closingLine, faults, losses } from './compare.ts'
import { plotsOf } from './plots.ts'
import { rowsOf } from './rows.ts'
import { table } from './table.ts'

export interface Measured {
  run: Run
  figures: Figures
  recording: Recording
}

export interface Told {
  table: string
  /** Where another scaler did better. */
  losses: string[]
  faults: string[]
  line: string
}

export function tell(measured: readonly Measured[]): Told {
  const rows = rowsOf(measured)
  return { table: table(rows), losses: losses(rows), faults: faults(rows), line: closingLine(rows) }
}

/** Writes all there is so far, so that a bench that is interrupted keeps what it has. */
export async function write(folder: string, choice: Choice, measured: readonly Measured[]): Promise<void> {
  const runs = join(folder, 'runs')
  await mkdir(runs, { recursive: true })
  const last = measured.at(-1)
  if (last !== undefined) await writeFile(join(runs, `${nameOf(last.run)}.json`), JSON.stringify(last))
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
  const figures = measured.map(({ run, figures: these }) => ({ run, figures: these }))
  await writeFile(
    join(folder, 'report.json'),
    JSON.stringify({ machine, choice, runs: figures }, undefined, 2),
  )
  for (const [name, svg] of plotsOf(measured)) await writeFile(join(folder, name), svg)
  const told = tell(measured)
  await writeFile(join(folder, 'report.md'), markdown(told, [...plotsOf(measured).keys()]))
}

function markdown({ table: text, losses: lost, line }: Told, plots: readonly string[]): string {
  return [
    '# Scaling: the operator beside KEDA',
    ...['', text, '', '## Where another scaler did better', ''],
    ...lost,
    ...['', '## Plots', '', ...plots.map((name) => `![${name}](${name})`), '', line, ''],
  ].join('\n')
}
