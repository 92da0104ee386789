import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'

import type { Measured } from '../origin.ts'
import { answers, verdictOf } from './asked.ts'
import { askedLine, askedTable } from './asked-table.ts'
import { closingLine, faults, losses } from './compare.ts'
import { fileOf, pack, RUNS } from './kept.ts'
import { plotsOf } from './plots.ts'
import { rowsOf } from './rows.ts'
import { sittingsOf, sittingsTable } from './sittings.ts'
import { table } from './table.ts'

export interface Told {
  table: string
  /** What was asked of the operator, and whether it was met. */
  asked: string
  /** Where another scaler did better. */
  losses: string[]
  faults: string[]
  line: string
}

export function tell(measured: readonly Measured[]): Told {
  const rows = rowsOf(measured)
  const answered = answers(measured)
  return {
    table: table(rows),
    asked: askedTable(answered),
    losses: losses(rows),
    faults: faults(rows),
    line: `${closingLine(rows)}; ${askedLine(answered)}`,
  }
}

/** Keeps every moment of a run, so that another bench can go on from it. */
export async function keep(folder: string, measured: Measured): Promise<void> {
  await mkdir(join(folder, RUNS), { recursive: true })
  await writeFile(join(folder, fileOf(measured.run)), pack(measured))
}

/** Writes what there is so far, so that a bench that is interrupted has a report. */
export async function write(folder: string, measured: readonly Measured[]): Promise<void> {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
  const report = {
    machine,
    sittings: sittingsOf(measured),
    asked: answers(measured).map((answer) => ({ ...answer, verdict: verdictOf(answer) })),
    runs: measured.map(({ run, figures, origin }) => ({ run, figures, origin })),
  }
  await writeFile(join(folder, 'report.json'), JSON.stringify(report, undefined, 2))
  for (const [name, svg] of plotsOf(measured)) await writeFile(join(folder, name), svg)
  await writeFile(join(folder, 'report.md'), markdown(measured))
}

function markdown(measured: readonly Measured[]): string {
  const { table: text, asked, losses: lost, line } = tell(measured)
  const plots = [...plotsOf(measured).keys()].map((name) => `![${name}](${name})`)
  return [
    '# Scaling: the operator beside KEDA',
    ...['', text],
    ...['', '## What was asked of the operator', '', asked],
    ...['', 'Met is what was met in every phase; what is measured is the median of the phases.'],
    ...['', '## Where another scaler did better', '', ...lost],
    ...['', '## Sittings', '', sittingsTable(sittingsOf(measured))],
    ...['', '## Plots', '', ...plots, '', line, ''],
  ].join('\n')
}
