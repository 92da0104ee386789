import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { hashOf } from '../../src/world/code.ts'

test('a hash changes with any file below its paths and with its name, and with nothing else', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'code-'))
  t.teardown(async () => rm(root, { recursive: true }))
  await mkdir(join(root, 'src/deep'), { recursive: true })
  await writeFile(join(root, 'src/deep/one.ts'), '1')
  await writeFile(join(root, 'two.ts'), '2')
  await writeFile(join(root, 'README.md'), 'of no account')
  const hash = () => hashOf(root, ['src', 'two.ts'])
  const first = hash()
  t.regex(first, /^[0-9a-f]{10}$/)
  await writeFile(join(root, 'README.md'), 'changed')
  t.is(hash(), first)
  await writeFile(join(root, 'src/deep/one.ts'), '11')
  const second = hash()
  t.not(second, first)
  await rename(join(root, 'src/deep/one.ts'), join(root, 'src/deep/three.ts'))
  t.not(hash(), second)
})
