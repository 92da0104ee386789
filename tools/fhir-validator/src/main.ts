/**
 * `make test-fhir`: runs the tests of the FHIR API, keeps each response of the real service, and has all of them
 * validated by HAPI with the R4 definitions and the profiles of IHE. Needs a JDK and Maven.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { controls } from './controls.ts'
import { readDefinitions } from './definitions.ts'
import { CACHE, MissingTool, needJava, validate } from './java.ts'
import { judge, readFindings } from './report.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const DATA = join(ROOT, '.data/fhir')
/** Definitions as they are published, where somebody has put them there; our restatements for the others. */
const PUBLISHED = join(CACHE, 'profiles')
const RESTATED = resolve(import.meta.dirname, '../profiles')

function emptyFolder(name: string): string {
  const folder = join(DATA, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

function record(folder: string): boolean {
  const tests = 'services/booking/test/fhir/*.test.ts'
  const run = spawnSync(process.execPath, ['tools/servers/src/test.ts', '--', 'ava', tests], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, FHIR_RECORD: folder },
  })
  return run.status === 0
}

function main(): number {
  needJava()
  const responses = emptyFolder('responses')
  if (!record(responses)) {
    console.log('The tests that make the responses fail.')
    return 1
  }
  const broken = emptyFolder('controls')
  for (const [name, text] of controls()) writeFileSync(join(broken, name), text)
  const definitions = [...(existsSync(PUBLISHED) ? [PUBLISHED] : []), RESTATED]
  const output = validate(responses, definitions)
  const found = readFindings(validate(broken, definitions))
  const verdict = judge(readFindings(output), found, readDefinitions(output, PUBLISHED))
  for (const line of verdict.lines) console.log(line)
  return verdict.passed ? 0 : 1
}

try {
  process.exitCode = main()
} catch (error) {
  if (!(error instanceof MissingTool)) throw error
  console.log(error.message)
  process.exitCode = 2
}
