import test from 'ava'

import { allBusy, coresIn, processesOf, readCores, usageOf } from '../../src/world/machine.ts'
import { startMeter } from '../../src/world/meter.ts'

test('cores are read from /proc/stat, the sum of all of them left out', (t) => {
  const text = 'cpu  9 9 9 9\ncpu0 10 1 5 80 4 1 1 0 0 0\ncpu1 0 0 0 100 0 0 0 0 0 0\nintr 5\n'
  t.deepEqual(coresIn(text), [
    { busy: 18, all: 102 },
    { busy: 0, all: 100 },
  ])
})

test('a second is busy only when every core was', (t) => {
  const before = [
    { busy: 0, all: 0 },
    { busy: 50, all: 100 },
  ]
  const after = (first: number, second: number) => [
    { busy: first, all: 100 },
    { busy: 50 + second, all: 200 },
  ]
  t.true(allBusy(before, after(95, 100)))
  t.false(allBusy(before, after(95, 80)))
})

test('this process uses memory, one that has ended does not', (t) => {
  t.true(usageOf([process.pid]).megabytes > 10)
  t.deepEqual(usageOf([2 ** 30]), { cpuSeconds: 0, megabytes: 0 })
  t.true(readCores().length > 0)
  t.deepEqual(processesOf(['no-such-pod']), [])
})

test('the meter keeps the peak of memory and the processor time between start and stop', async (t) => {
  const looks = [10, 30, 20]
  let asked = 0
  const allLooked = Promise.withResolvers<undefined>()
  const meter = startMeter({
    cores: () => [{ busy: asked * 100, all: asked * 100 }],
    usage: () => {
      const usage = { cpuSeconds: 5 + asked, megabytes: looks[asked] ?? 0 }
      asked += 1
      if (asked === looks.length) allLooked.resolve(undefined)
      return usage
    },
    everyMs: 1,
  })
  await allLooked.promise
  const { cpuSeconds, peakMegabytes, busySeconds } = meter.stop()
  t.true(cpuSeconds >= 3)
  t.is(peakMegabytes, 30)
  t.true(busySeconds > 0)
})

test('processor time of a process that has ended is not taken back', (t) => {
  const usages = [
    { cpuSeconds: 9, megabytes: 50 },
    { cpuSeconds: 1, megabytes: 20 },
  ]
  const meter = startMeter({
    cores: () => [],
    usage: () => usages.shift() ?? { cpuSeconds: 0, megabytes: 0 },
  })
  t.deepEqual(meter.stop(), { cpuSeconds: 0, peakMegabytes: 50, busySeconds: 0 })
})
