/**
 * `make e2e`: the whole product in the cluster of KUBECONFIG, or of `make cluster`. Each behaviour is a test of ava, one
 * after the other; the cluster is left as it was. Ends in one line of figures; exit code 1 when a behaviour failed.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { messageOf } from '@medqueue/servers'

import { closingLine, type Outcome, OUTCOMES } from './report/figures.ts'
import { rememberWorld, restoreWorld } from './restore.ts'
import { kubeconfigOf, openWorld } from './world.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PACKAGE = join(ROOT, 'tools/e2e')
const REPORTS = join(resolve(ROOT, process.env.MEDQUEUE_DATA ?? '.data'), 'reports/e2e')

async function main(): Promise<number> {
  const kubeconfig = kubeconfigOf(process.env)
  if (!existsSync(kubeconfig)) throw new Error('There is no cluster: run `make cluster`, or set KUBECONFIG.')
  const began = Date.now()
  const folder = join(REPORTS, new Date(began).toISOString().slice(0, 19).replaceAll(/[-:]/g, ''))
  await mkdir(folder, { recursive: true })
  const file = join(folder, OUTCOMES)
  await writeFile(file, '')
  const world = await openWorld(process.env)
  const before = await rememberWorld(world)
  // Ctrl-C reaches ava by itself, as it is in this process group; what it leaves is put right here.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined)
  const code = await runAva({ ...process.env, KUBECONFIG: kubeconfig, E2E_FOLDER: folder }).finally(
    async () => restoreWorld(world, before),
  )
  const outcomes = (await readFile(file, 'utf8'))
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Outcome]))
  const report = { startedAt: new Date(began).toISOString(), settings: world.settings, code, outcomes }
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`)
  const passed = outcomes.every((outcome) => outcome.passed) && outcomes.length > 0
  // Ava fails for more than failed behaviours: one that was cut short, a file that could not be read.
  const missing = passed && code !== 0 ? 1 : 0
  console.log(closingLine(outcomes, missing, (Date.now() - began) / 1_000))
  return passed && code === 0 ? 0 : 1
}

/** Runs the behaviours named on the command line, or all. Resolves to ava's exit code. */
async function runAva(env: NodeJS.ProcessEnv): Promise<number> {
  const files = process.argv.slice(2)
  return new Promise((settle, reject) => {
    const ava = join(ROOT, 'node_modules/.bin/ava')
    const child = spawn(process.execPath, [ava, ...files], { cwd: PACKAGE, env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (code) => settle(code ?? 1))
  })
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(messageOf(error))
    console.log('e2e: 0 passed, 1 failed')
    process.exitCode = 1
  },
)
