/**
 * `make test`: fresh servers on free ports, lint, type check, ava. The last line is `N passed, N failed`, counted from
 * ava's own results; a failed check, or a run without tests, counts as a failure. With files (`-- ava <files>`) it
 * runs only those. Servers named by TEST_POSTGRES_URL, TEST_NATS_URL, TEST_NATS_MONITOR_URL and TEST_REDIS_URL are used
 * instead of fresh ones.
 */
import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'

import { messageOf, ServerError } from './errors.ts'
import { parseArguments, type TestPlan } from './test-run/arguments.ts'
import { givenServers, startTestServers, type TestServers } from './test-run/environment.ts'
import { runAva, runTool, type StepContext } from './test-run/steps.ts'

/** A run takes five minutes on two idle cores; on busy ones it may take long, and one that hangs must end. */
const DEADLINE_MS = 30 * 60_000
const root = resolve(import.meta.dirname, '../../..')
const say = (line: string) => console.log(line)
const children = new Set<ChildProcess>()

async function main(): Promise<number> {
  const plan = parseArguments(process.argv.slice(2))
  // Compiling the same modules for each test file takes longer than many a test.
  const env = { NODE_COMPILE_CACHE: resolve(root, '.data/test/compiled'), ...process.env }
  const context: StepContext = { root, env, say, children }
  const starting = givenServers(process.env) ?? startTestServers(resolve(root, '.data/test'), say)
  const servers = Promise.resolve(starting)
  servers.catch(() => undefined) // Looked at below, after the checks.
  const failedChecks = plan.checks ? await runChecks(context) : []
  const started = await servers
  stopOnSignals(started)
  try {
    return await test({ ...context, env: { ...env, ...started.env } }, plan, failedChecks)
  } finally {
    await started.stop()
  }
}

async function runChecks(context: StepContext): Promise<string[]> {
  const checks: [string, string, string[]][] = [
    ['lint', 'eslint', ['.', '--max-warnings', '0']],
    ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
    ['type check', 'tsc', ['--noEmit']],
  ]
  const failed: string[] = []
  for (const [name, tool, args] of checks) {
    say(`${name} …`)
    if (!(await runTool(context, tool, args))) failed.push(name)
  }
  return failed
}

async function test(context: StepContext, plan: TestPlan, failedChecks: string[]): Promise<number> {
  say('tests …')
  const result = await runAva(context, plan.files, { verbose: plan.verbose, deadlineMs: DEADLINE_MS })
  const failures = [...failedChecks]
  const { passed, failed, skipped, exitCode, complete } = result
  if (passed + failed === 0) failures.push('no tests ran')
  else if (failed === 0 && (exitCode !== 0 || !complete))
    failures.push(`ava ended early, exit code ${exitCode ?? 'none'}`)
  // Again at the end: what failed early is far up by then, and a log that was cut keeps its last lines.
  for (const failure of [...result.failures, ...failures]) say(`✘ ${failure}`)
  if (skipped > 0) say(`${skipped} skipped`)
  say(`${passed} passed, ${failed + failures.length} failed`)
  return failed + failures.length === 0 ? 0 : 1
}

function stopOnSignals(servers: TestServers): void {
  const stop = (signal: NodeJS.Signals) => {
    for (const child of children) child.kill(signal)
    void servers.stop().finally(() => process.exit(130))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.log(error instanceof ServerError ? messageOf(error) : error)
    console.log('0 passed, 1 failed')
    process.exit(1)
  },
)
