/**
 * Writes the dashboards and alert rules into the charts. With `--check` it writes nothing and fails when a file is not
 * what it would write.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'

import { generatedFiles, REPOSITORY } from './generated.ts'

const check = process.argv.includes('--check')
const stale: string[] = []
for (const [file, text] of await generatedFiles()) {
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known === text) continue
  stale.push(relative(REPOSITORY, file))
  if (check) continue
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
if (check && stale.length > 0) {
  process.stderr.write(`Out of date: ${stale.join(', ')}. Run make generate-dashboards.\n`)
  process.exitCode = 1
}
