import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

import { newTapReader, readTapLine, type TapReader } from './tap.ts'

const PROGRESS_EVERY_MS = 15_000
const UNDEFINED_IN_ERRORS = new URL('./undefined-in-errors.ts', import.meta.url).href

export interface StepContext {
  root: string
  env: NodeJS.ProcessEnv
  say: (line: string) => void
  /** Children that must end with us. */
  children: Set<ChildProcess>
}

/** Runs one program of node_modules/.bin with our own Node. True when it succeeded. */
export async function runTool(context: StepContext, tool: string, args: readonly string[]): Promise<boolean> {
  const child = start(context, tool, args, 'inherit')
  return (await endOf(child)) === 0
}

/** Runs ava and counts what it reports. Failures are printed in full, passes when asked for. */
export async function runAva(
  context: StepContext,
  files: readonly string[],
  options: { verbose: boolean; deadlineMs: number },
): Promise<TapReader & { exitCode: number | null }> {
  const ava = join(context.root, 'node_modules', '.bin', 'ava')
  const child = start(context, 'node', ['--import', UNDEFINED_IN_ERRORS, ava, '--tap', ...files], 'pipe')
  const reader = newTapReader()
  const report = () => context.say(`  ${reader.passed} passed, ${reader.failed} failed so far`)
  const progress = setInterval(report, PROGRESS_EVERY_MS)
  const deadline = setTimeout(() => {
    context.say(`the tests did not end within ${options.deadlineMs / 1000} s and were stopped`)
    child.kill('SIGKILL')
  }, options.deadlineMs)
  const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout })
  lines?.on('line', (line) => show(context, readTapLine(reader, line), options.verbose))
  const exitCode = await endOf(child)
  clearInterval(progress)
  clearTimeout(deadline)
  return { ...reader, exitCode }
}

function show(context: StepContext, line: ReturnType<typeof readTapLine>, verbose: boolean): void {
  if (line.kind === 'failed') context.say(`✘ ${line.text}`)
  else if (line.kind === 'detail') context.say(line.text)
  else if (verbose && line.kind !== 'noise') context.say(`${line.kind === 'passed' ? '✔' : '-'} ${line.text}`)
}

function start(
  context: StepContext,
  tool: string,
  args: readonly string[],
  stdout: 'inherit' | 'pipe',
): ChildProcess {
  const bin = join(context.root, 'node_modules', '.bin')
  const child = spawn(join(bin, tool), args, {
    cwd: context.root,
    env: { ...context.env, PATH: `${bin}${delimiter}${context.env.PATH ?? ''}` },
    stdio: ['ignore', stdout, 'inherit'],
  })
  context.children.add(child)
  return child
}

/** The exit code once its output has been read to the end; null when a signal ended it or it never began. */
async function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', (code) => resolve(code))
  })
}
