import { join } from 'node:path'

import { atLeast, onPath, run, versionIn } from './run.ts'

/** The Go that ships what the modules we build ask for; older ones that can fetch a newer toolchain do too. */
const OLDEST = { major: 1, minor: 21 }

/** Builds one program from a Go module into the scratch folder and returns its path. */
export async function goInstall(module: string, program: string, scratch: string): Promise<string> {
  const go = await onPath('go', ['/usr/local/go/bin', '/usr/lib/go/bin'])
  if (go === undefined) throw new Error('Go is not installed')
  const version = versionIn((await run(go, ['version'])).replace('go version go', ''))
  if (!atLeast(version, OLDEST.major, OLDEST.minor)) {
    throw new Error(
      `Go ${(version ?? []).join('.')} is too old, ${OLDEST.major}.${OLDEST.minor} or newer is needed`,
    )
  }
  const env = { ...process.env, GOBIN: scratch, CGO_ENABLED: '0', GOFLAGS: '-trimpath' }
  await run(go, ['install', '-ldflags=-s -w', module], { env, timeoutMs: 900_000 })
  return join(scratch, program)
}
