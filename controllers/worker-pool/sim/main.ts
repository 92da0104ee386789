/** Prints what the decision makes of the traces: `node controllers/worker-pool/sim/main.ts [seeds]`. */
import { BENCH_MODEL, benchPolicy, LONG_MODEL, longPolicy } from './settings.ts'
import { type Outcome, simulate } from './run.ts'
import { benchTraces, longTraces } from './traces.ts'

const seeds = Number(process.argv[2] ?? 3)
const columns = [
  'p50',
  'p95',
  'p99',
  'late',
  'drain',
  'podSeconds',
  'cost',
  'peak',
  'reversals',
  'firstAsked',
  'unserved',
] as const
const line = (outcome: Outcome) => [
  outcome.name,
  ...columns.map((column) => outcome[column].toFixed(column === 'late' ? 4 : 2)),
]

process.stdout.write(['trace', ...columns].join('\t') + '\n')
for (let seed = 1; seed <= seeds; seed++) {
  for (const trace of benchTraces(seed)) {
    process.stdout.write(
      line(simulate(trace, { policy: benchPolicy, model: BENCH_MODEL, seed })).join('\t') + '\n',
    )
  }
}
for (const trace of longTraces(1)) {
  process.stdout.write(
    line(simulate(trace, { policy: longPolicy, model: LONG_MODEL, seed: 1 })).join('\t') + '\n',
  )
}
