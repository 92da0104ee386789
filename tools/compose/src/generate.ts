/** `make generate-compose` writes compose.yaml and what belongs to it; `--check` fails when one of them is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ROOT } from '@medqueue/embedded'

import { generatedFiles } from './generated.ts'

const check = process.argv.includes('--check')

for (const [path, text] of generatedFiles()) {
  const file = join(ROOT, path)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (check) {
    console.error(`${path} is missing or stale: run \`make generate-compose\``)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
  }
}
