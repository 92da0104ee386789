import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { aptInstall, hasApt, isRoot } from './apt.ts'
import { atLeast, onPath, run, versionIn } from './run.ts'

/** The oldest Go that builds what we build. Debian 12 has 1.19, which can fetch this toolchain as a module. */
const OLDEST = { major: 1, minor: 25 }
const TOOLCHAIN = 'v0.0.1-go1.26.0'

/** A Go that is new enough, and the environment it wants. */
export interface Go {
  file: string
  env: NodeJS.ProcessEnv
}

/** Builds one program from a Go module into the scratch folder and returns its path. */
export async function goInstall(module: string, program: string, scratch: string): Promise<string> {
  const { file, env } = await findGo(scratch)
  await run(file, ['install', '-trimpath', '-ldflags=-s -w', module], {
    env: { ...env, GOBIN: scratch, CGO_ENABLED: '0' },
    timeoutMs: 1_800_000,
  })
  return join(scratch, program)
}

/** Finds, installs or renews Go; what a newer toolchain needs is kept in the folder. */
export async function findGo(scratch: string): Promise<Go> {
  const file = (await onPath('go', ['/usr/local/go/bin', '/usr/lib/go/bin'])) ?? (await installGo())
  const version = versionIn((await run(file, ['version'])).replace('go version go', ''))
  const env = { ...process.env, GOFLAGS: '-modcacherw' } // What is fetched into the scratch folder can be deleted.
  if (atLeast(version, OLDEST.major, OLDEST.minor)) return { file, env }
  return newerGo(file, scratch)
}

async function installGo(): Promise<string> {
  if (!isRoot() || !(await hasApt())) throw new Error('Go is not installed')
  await aptInstall(['golang-go', 'ca-certificates'])
  const file = await onPath('go')
  if (file === undefined) throw new Error('golang-go was installed and does not run')
  return file
}

/** An older Go fetches a newer one: toolchains are modules, checked against the checksum database like any other. */
async function newerGo(oldGo: string, scratch: string): Promise<Go> {
  const modules = join(scratch, 'modules')
  const env = {
    ...process.env,
    GOFLAGS: '-modcacherw',
    GOMODCACHE: modules,
    GOCACHE: join(scratch, 'build'),
    GOTOOLCHAIN: 'local',
  }
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  await mkdir(modules, { recursive: true })
  await run(oldGo, ['mod', 'download', `golang.org/toolchain@${TOOLCHAIN}.${platform}`], {
    env,
    cwd: scratch,
  })
  const root = join(modules, `golang.org/toolchain@${TOOLCHAIN}.${platform}`)
  await makeExecutable(join(root, 'bin'))
  await makeExecutable(join(root, 'pkg/tool'))
  return { file: join(root, 'bin/go'), env }
}

/** Modules carry no execute permission. */
async function makeExecutable(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  await Promise.all(files.map(async (file) => chmod(file, 0o755)))
}
