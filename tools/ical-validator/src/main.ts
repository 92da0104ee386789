/**
 * `make test-calendars`: runs the tests that make calendar messages, keeps each message, and has all of them validated
 * by ical4j, as strictly as it can. Needs a JDK and Maven.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { controls } from './controls.ts'
import { MissingTool, needJava, validate } from './java.ts'
import { judge, readFindings } from './report.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const DATA = join(ROOT, '.data/calendars')

/** Every test that makes calendar messages. */
const TESTS = [
  'packages/icalendar/test/*.test.ts',
  'services/scheduling/test/calendars/*.test.ts',
  'services/booking/test/appointment-calendar.test.ts',
]

function emptyFolder(name: string): string {
  const folder = join(DATA, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

function record(folder: string): boolean {
  const run = spawnSync(process.execPath, ['tools/servers/src/test.ts', '--', 'ava', ...TESTS], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CALENDAR_RECORD: folder },
  })
  return run.status === 0
}

function main(): number {
  needJava()
  const messages = emptyFolder('messages')
  if (!record(messages)) {
    console.log('The tests that make the messages fail.')
    return 1
  }
  const broken = emptyFolder('controls')
  for (const [name, text] of controls()) writeFileSync(join(broken, `${name.replaceAll(' ', '-')}.ics`), text)
  const verdict = judge(readFindings(validate(messages)), readFindings(validate(broken)))
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
