/**
 * `make bench-booking`: the booking path beside what it replaces, in one run on one machine. Repeats go round the
 * variants in turn, so that a slow moment of the machine hits all of them; figures are medians.
 * (d) alone is also measured with one patient, and with 10,000 open connections for its memory.
 * Environment: CONNECTIONS, VARIANTS (comma-separated; also `statement`), REPEATS, SECONDS, RELAY=1.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'

import { type Cell, measure, type Variant, VARIANTS } from './cell.ts'
import { report } from './report.ts'
import { createWorld } from './world.ts'

const list = (name: string, fallback: string) => (process.env[name] ?? fallback).split(',')
const connections = list('CONNECTIONS', '50,200,500,1000').map(Number)
const variants = list('VARIANTS', 'echo,insert,batched,product') as Variant[]
const repeats = Number(process.env.REPEATS ?? 3)
const seconds = Number(process.env.SECONDS ?? 6)
const directory = resolve('.data/bench-booking')

interface Planned {
  variant: Variant
  count: number
}

/** Repeats on the outside, variants on the inside. */
function plan(): Planned[] {
  const compared = Array.from({ length: repeats }, () =>
    connections.flatMap((count) => variants.map((variant) => ({ variant, count }))),
  ).flat()
  const alone = [1, 10_000].map((count) => ({ variant: 'product' as const, count }))
  return variants.includes('product') && process.env.CONNECTIONS === undefined
    ? [...compared, ...alone]
    : compared
}

const world = await createWorld(join(directory, 'servers'))
const cells: Cell[] = []
const planned = plan()
try {
  for (const { variant, count } of planned) {
    const relay = process.env.RELAY === '1'
    const cell = await measure(world, { variant, connections: count, seconds, warmupSeconds: 2, relay })
    cells.push(cell)
    const figures = `${cell.perSecond.toFixed(0)}/s p50 ${cell.p50Ms.toFixed(1)} ms p99 ${cell.p99Ms.toFixed(1)} ms`
    const progress = `${cells.length}/${planned.length}`
    console.log(`${progress} ${VARIANTS[variant]} at ${count}: ${figures} ${JSON.stringify(cell.statuses)}`)
  }
} finally {
  await world.close()
}
const { table, line, failures } = report(cells)
await mkdir(directory, { recursive: true })
const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }
await writeFile(
  join(directory, 'report.json'),
  JSON.stringify({ machine, seconds, repeats, cells }, undefined, 2),
)
console.log(`\n${table}\n\nReport: ${join(directory, 'report.json')}`)
for (const failure of failures) console.error(failure)
console.log(line)
process.exitCode = failures.length > 0 ? 1 : 0
