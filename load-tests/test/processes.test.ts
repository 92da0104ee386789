import test from 'ava'

import { availableMemory, gcPercent } from '../lib/memory.ts'
import { openFileLimit } from '../lib/open-files.ts'
import { ProcessLog, sampleProcesses } from '../lib/processes.ts'

test('sees the memory and the time of a process that runs, and leaves out one that does not', (t) => {
  const found = sampleProcesses({ me: process.pid, nobody: 2 ** 30 })
  t.deepEqual(Object.keys(found), ['me'])
  t.true((found.me?.memory ?? 0) > 10 * 1024 ** 2)
  t.true((found.me?.cpu ?? 0) > 0)
})

test('adds up processor time over a restart', (t) => {
  const log = new ProcessLog()
  for (const [memory, cpu] of [
    [100, 10],
    [300, 12],
    [50, 1],
    [80, 2.5],
  ] as const) {
    log.add({ api: { memory, cpu } })
  }
  t.like(log.figures().api, { firstMemory: 100, lastMemory: 80, mostMemory: 300, cpu: 3.5 })
})

test('counts all that a process took which came while others were watched', (t) => {
  const log = new ProcessLog()
  log.add({ api: { memory: 100, cpu: 10 } })
  log.add({ api: { memory: 100, cpu: 11 }, worker: { memory: 100, cpu: 0.5 } })
  log.add({ api: { memory: 100, cpu: 11 }, worker: { memory: 100, cpu: 2 } })
  t.is(log.figures().api?.cpu, 1)
  t.is(log.figures().worker?.cpu, 2)
})

test('knows how many files may be opened', (t) => {
  t.true(openFileLimit() >= 256)
})

test('k6 spares memory only where it is short', (t) => {
  const gigabyte = 1024 ** 3
  t.is(gcPercent(20_000, 20 * gigabyte), 200)
  t.is(gcPercent(20_000, 14 * gigabyte), 100)
  t.is(gcPercent(20_000, 8 * gigabyte), 40)
  t.is(gcPercent(500, 2 * gigabyte), 200)
  t.true(availableMemory() > gigabyte / 16)
})
