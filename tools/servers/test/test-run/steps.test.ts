import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { runAva } from '../../src/test-run/steps.ts'
import { scratchFolder } from '../helpers/folder.ts'

const modules = resolve(import.meta.dirname, '../../../../node_modules')

/** A project of its own whose tests a real ava runs. */
async function avaOn(t: ExecutionContext, files: Record<string, string>) {
  const root = await scratchFolder(t)
  await symlink(modules, join(root, 'node_modules'))
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ type: 'module', ava: { files: ['test/*.js'] } }),
  )
  await mkdir(join(root, 'test'))
  for (const [name, body] of Object.entries(files)) {
    await writeFile(join(root, 'test', name), `import test from 'ava'\n${body}\n`)
  }
  const said: string[] = []
  const env = { PATH: process.env.PATH, HOME: root }
  const context = { root, env, say: (line: string) => void said.push(line), children: new Set<never>() }
  const result = await runAva(context, [], { verbose: false, deadlineMs: 60_000 })
  return { ...result, said: said.join('\n') }
}

const pass = (title: string) => `test('${title}', (t) => t.pass())`

test('counts what passed', async (t) => {
  const result = await avaOn(t, { 'a.js': pass('one') + '\n' + pass('two'), 'b.js': pass('three') })

  t.like(result, { passed: 3, failed: 0, skipped: 0, complete: true, exitCode: 0 })
})

test('counts what failed and prints why', async (t) => {
  const result = await avaOn(t, { 'a.js': `${pass('good')}\ntest('bad', (t) => t.is(1, 2))` })

  t.like(result, { passed: 1, failed: 1, exitCode: 1, failures: ['bad'] })
  t.regex(result.said, /✘ bad/)
  t.regex(result.said, /Difference/)
})

test('an error with properties that are undefined is told, and the run goes on', async (t) => {
  const thrown = "throw Object.assign(new Error('no such table'), { detail: undefined, code: '42P01' })"
  const result = await avaOn(t, { 'a.js': `test('bad', () => { ${thrown} })\n${pass('good')}` })

  t.like(result, { passed: 1, failed: 1, complete: true, failures: ['bad'] })
  t.regex(result.said, /42P01/)
})

test('a file that throws while loading is a failure', async (t) => {
  const result = await avaOn(t, {
    'a.js': pass('good'),
    'b.js': `${pass('lost')}\nthrow new Error('at load')`,
  })

  t.not(result.exitCode, 0)
  t.true(result.failed >= 1)
})

test('a file without tests is a failure, though ava itself exits with 0', async (t) => {
  const result = await avaOn(t, { 'a.js': pass('good'), 'b.js': 'void test' })

  t.like(result, { passed: 1, failed: 1 })
})

test('a skipped test is neither passed nor failed', async (t) => {
  const result = await avaOn(t, { 'a.js': `${pass('good')}\ntest.skip('later', (t) => t.pass())` })

  t.like(result, { passed: 1, failed: 0, skipped: 1 })
})
