/**
 * Writes what is generated of the charts: schema and README from the commented values, the ingress' paths from the path
 * table, the operator's definitions from crds/. With `--check` it writes nothing and fails when a file is not what it
 * would write.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'

import { generatedFiles, REPOSITORY } from './generated.ts'

const check = process.argv.includes('--check')
const stale: string[] = []
for (const [file, text] of await generatedFiles()) {
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known === text) continue
  stale.push(relative(REPOSITORY, file))
  if (!check) await writeFile(file, text)
}
if (check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run make generate-charts.`)
  process.exitCode = 1
}
