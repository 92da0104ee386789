/** `make generate-dockerfiles` writes the Dockerfile of each service and controller; `--check` fails when one is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { allAppImages } from './catalog.ts'
import { dockerfileOf } from './dockerfile.ts'

const root = resolve(import.meta.dirname, '../../..')
const check = process.argv.includes('--check')

for (const image of allAppImages()) {
  const file = join(root, image.folder, 'Dockerfile')
  const wanted = dockerfileOf(image)
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue
  if (check) {
    console.error(`${image.folder}/Dockerfile is missing or stale: run \`make generate-dockerfiles\``)
    process.exitCode = 1
  } else {
    writeFileSync(file, wanted)
  }
}
