import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  timeoutMs?: number
}

/** Runs a program to its end and returns what it printed; rejects when it fails, with its last words. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const { timeoutMs = 300_000, ...rest } = options
    execFile(
      file,
      args,
      { ...rest, timeout: timeoutMs, maxBuffer: 32 * 1024 ** 2 },
      (error, stdout, stderr) => {
        if (error === null) return resolve(`${stdout}${stderr}`)
        const words = stderr.trim().split('\n').slice(-3).join(' | ')
        reject(new Error(`${file} failed: ${words === '' ? error.message : words}`, { cause: error }))
      },
    )
  })
}

/** The first executable of that name on the PATH or in the extra folders. */
export async function onPath(name: string, extra: readonly string[] = []): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...extra]
  for (const folder of folders) {
    // npm prepends every node_modules/.bin, which holds no servers.
    if (folder === '' || folder.includes('node_modules')) continue
    const path = join(folder, name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** `2.12.3` and the like as numbers; undefined when the text holds no version. */
export function versionIn(text: string): [number, number, number] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text)
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
}

/** True when the version is the wanted major and minor or newer. */
export function atLeast(version: readonly number[] | undefined, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version ?? []
  return a > major || (a === major && b >= minor)
}
