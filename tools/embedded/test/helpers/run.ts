import { execFile } from 'node:child_process'

/** Runs a program to its end and returns what it printed. */
export async function run(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(stderr === '' ? error.message : stderr, { cause: error }))
    })
  })
}
