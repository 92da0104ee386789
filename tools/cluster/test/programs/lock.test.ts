import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { withLock } from '../../src/programs/lock.ts'

const fresh = () => join(mkdtempSync(join(tmpdir(), 'lock-')), 'build.lock')

test('lets one work at a time and gives the lock back', async (t) => {
  const file = fresh()
  let running = 0
  const work = async () => {
    running += 1
    t.is(running, 1)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
  }
  await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)])
  t.false(existsSync(file))
})

test('takes a lock whose holder is gone', async (t) => {
  const file = fresh()
  writeFileSync(file, JSON.stringify({ pid: process.pid, startTicks: 1 }))
  t.is(await withLock(file, async () => 'done'), 'done')
})

test('gives the lock back when the work fails', async (t) => {
  const file = fresh()
  await t.throwsAsync(
    withLock(file, async () => Promise.reject(new Error('no'))),
    { message: 'no' },
  )
  t.false(existsSync(file))
})
