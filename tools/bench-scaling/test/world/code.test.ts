import { appendFile, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import test from 'ava'

import { hashOf, operatorHash } from '../../src/world/code.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

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

test('another operator is one that decides, defaults or is started in another way', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'code-'))
  t.teardown(async () => rm(root, { recursive: true }))
  const folders = ['controllers/worker-pool', 'charts/medqueue-operator']
  const packages = ['contracts', 'operator-kit', 'messaging'].map((name) => `packages/${name}/src`)
  for (const folder of [...folders, ...packages]) {
    const filter = (path: string) => !path.includes('node_modules')
    await cp(join(REPOSITORY, folder), join(root, folder), { recursive: true, filter })
  }
  const isAnotherAfter = async (file: string) => {
    const before = operatorHash(root, root)
    await appendFile(join(root, file), '\n')
    return operatorHash(root, root) !== before
  }
  for (const file of [
    'controllers/worker-pool/src/controller.ts',
    'packages/contracts/src/kubernetes/booking-worker-pool.ts',
    'charts/medqueue-operator/values.yaml',
    'charts/medqueue-operator/templates/controllers.yaml',
  ]) {
    t.true(await isAnotherAfter(file), file)
  }
  for (const file of [
    'charts/medqueue-operator/README.md',
    'charts/medqueue-operator/files/rules/alerts.yaml',
  ]) {
    t.false(await isAnotherAfter(file), file)
  }
})
