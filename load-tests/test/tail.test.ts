import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { Tail } from '../lib/tail.ts'

test('gives whole lines only, each once, as the file grows', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tail-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  const file = join(folder, 'lines')
  const tail = new Tail(file)
  t.deepEqual([...tail.lines()], [])
  const bytes = Buffer.from('one\ntwo\nRomão\n')
  const half = bytes.indexOf(0xc3) + 1 // In the middle of a letter.
  await appendFile(file, bytes.subarray(0, half))
  t.deepEqual([...tail.lines()], ['one', 'two'])
  await appendFile(file, bytes.subarray(half))
  t.deepEqual([...tail.lines()], ['Romão'])
  t.deepEqual([...tail.lines()], [])
})
