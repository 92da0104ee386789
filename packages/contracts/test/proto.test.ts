import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

import test from 'ava'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const bin = join(root, '../../node_modules/.bin')

/** The compiler's package of this machine; the one that chooses it names packages for systems we do not run on. */
const compiler = join(
  root,
  '../../node_modules/@bufbuild',
  `buf-linux-${process.arch === 'arm64' ? 'aarch64' : process.arch}`,
  'bin/buf',
)

const buf = async (...args: string[]) =>
  run(compiler, args, {
    cwd: root,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  })

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = files
    .sort()
    .map(async (file) => [file.slice(folder.length), await readFile(file, 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

test('protobuf keeps to the rules and to the format', async (t) => {
  await t.notThrowsAsync(async () => buf('lint'))
  await t.notThrowsAsync(async () => buf('format', '--diff', '--exit-code'))
})

test('the generated code is what the protobuf files say: else run `npm run generate -w @medqueue/contracts`', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'proto-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  await buf('generate', '--output', folder)
  const fresh = await filesOf(join(folder, 'gen'))
  t.true(Object.keys(fresh).length > 0)
  t.deepEqual(await filesOf(join(root, 'gen')), fresh)
})
