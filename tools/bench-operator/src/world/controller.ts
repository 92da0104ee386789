import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { type Child, freePort, lastWords, pidFileIn, run, startChild } from '@medqueue/servers'
import { CONTROLLER_ENVIRONMENT } from '@medqueue/service-kit/runtime'

const ROOT = resolve(import.meta.dirname, '../../../..')

export interface Controller {
  child: Child
  /** Its probes and metrics. */
  url: string
}

/** What an image sets for every program in it. */
function imageEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
    NODE_COMPILE_CACHE_PORTABLE: '1',
    ...CONTROLLER_ENVIRONMENT,
  }
}

const entryOf = (name: string) => join('controllers', name, 'src/main.ts')

/** Compiles the program ahead, as `make images` does: it is run without any setting, and ends for lack of them. */
export async function compileAhead(folder: string, name: string): Promise<void> {
  await run(process.execPath, [entryOf(name)], { cwd: ROOT, env: imageEnvironment(folder) }).catch(
    () => undefined,
  )
}

/** Starts a controller's own program, as its image does. Its log is in the folder. */
export async function startController(
  folder: string,
  name: string,
  env: Record<string, string>,
): Promise<Controller> {
  await mkdir(folder, { recursive: true })
  const logFile = join(folder, `${name}.log`)
  await rm(logFile, { force: true })
  const port = await freePort()
  const child = await startChild({
    name,
    file: process.execPath,
    args: [entryOf(name)],
    cwd: ROOT,
    env: { ...imageEnvironment(folder), ...env, HOST: '127.0.0.1', PORT: String(port), POD_NAME: name },
    logFile,
    pidFile: pidFileIn(folder, name),
  })
  return { child, url: `http://127.0.0.1:${port}` }
}

/** Asks again and again until the answer is yes. @throws when it takes too long, or the controller has ended. */
export async function waitUntil(
  { child }: Controller,
  what: string,
  { holds, timeoutMs, signal }: { holds: () => Promise<boolean>; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const until = performance.now() + timeoutMs
  while (!(await holds())) {
    if (!child.running()) throw new Error(`The controller ended: ${lastWords(child.output())}`)
    if (performance.now() > until) throw new Error(`${what} took more than ${timeoutMs / 1_000} s`)
    await delay(250, undefined, { signal })
  }
}
