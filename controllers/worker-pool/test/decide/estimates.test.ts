import test from 'ava'

import { ArrivalLog, BIN_MS, plainRate, sustainedRate } from '../../src/decide/arrivals.ts'
import { learn, restart } from '../../src/decide/memory.ts'
import { arrivalRate } from '../../src/decide/rate.ts'
import { startupMs } from '../../src/decide/startup.ts'
import type { Memory } from '../../src/decide/types.ts'
import { type Given, NOW, situation } from '../helpers/observed.ts'

const bins = (count: number, rate: number) => Array.from({ length: count }, () => (rate * BIN_MS) / 1_000)
/** So many seconds at one rate, and then so many at another. */
const level = (before: number, after: number, seconds: number) => [
  ...bins(80 - seconds * 20, before),
  ...bins(seconds * 20, after),
]

test('a rate that is kept up is seen as it is', (t) => {
  t.is(Math.round(sustainedRate(level(300, 300, 1))), 300)
})

test('a burst is no rate, wherever it falls', (t) => {
  for (let place = 0; place < 80; place++) {
    const recent = bins(80, 0)
    recent[place] = 50
    recent[place + 1] = 50
    t.is(sustainedRate(recent), 0)
  }
})

test('a rise is seen in full within a second and a half', (t) => {
  t.is(Math.round(sustainedRate(level(0, 600, 1.5))), 600)
  t.true(sustainedRate(level(0, 600, 1)) >= 300)
})

test('a plain rate counts bursts too', (t) => {
  t.is(plainRate([...bins(79, 0), 30], 3_000), 10)
})

test('arrivals are kept by when they came', (t) => {
  const log = new ArrivalLog()
  log.add(3, NOW)
  log.add(4, NOW + 1_000)
  const recent = log.recent(NOW + 1_000)
  t.is(recent.at(-1), 4)
  t.is(recent.at(-1 - 1_000 / BIN_MS), 3)
  t.is(log.total, 7)
  t.deepEqual(new Set(log.recent(NOW + 60_000)), new Set([0]))
})

test('the age of what waits follows from when as much had arrived', (t) => {
  const log = new ArrivalLog()
  for (let second = 0; second < 10; second++) log.add(10, NOW + second * 1_000)
  t.is(log.ageOf(100, NOW + 10_000), 10_000)
  t.is(log.ageOf(10, NOW + 10_000), 1_000)
  t.is(log.ageOf(0, NOW + 10_000), undefined)
  t.is(log.ageOf(101, NOW + 10_000), undefined)
})

test('noise moves the rate little', (t) => {
  const rate = arrivalRate({ rate: 300, arrived: 90, elapsedMs: 250, recent: level(300, 360, 0.5) })
  t.true(rate > 300 && rate < 310)
})

test('a new level counts at once, up and down', (t) => {
  const up = arrivalRate({ rate: 10, arrived: 150, elapsedMs: 500, recent: level(10, 300, 1.5) })
  t.true(up > 290)
  const down = arrivalRate({ rate: 300, arrived: 5, elapsedMs: 500, recent: level(300, 10, 2) })
  t.true(down < 20)
})

const learns = test.macro((t, given: Given, expected: Partial<Memory>) => {
  const [memory, observed] = situation(given)
  if (observed.reading === undefined) return t.fail()
  t.like(learn(memory, observed, observed.reading), expected)
})

const busy: Given = {
  workers: { replicas: 4 },
  memory: { depth: 100, ready: 4, readySince: NOW - 5_000 },
  reading: { depth: 100, served: 120 },
}
test('the service rate is learned while all workers are busy', learns, busy, { serviceRate: 30 })
test(
  'it is not learned while they wait for work',
  learns,
  { ...busy, reading: { depth: 1, served: 20 } },
  { serviceRate: 40 },
)
test(
  'it is not learned when they became busy only just now',
  learns,
  { ...busy, memory: { ...busy.memory, depth: 0 } },
  { serviceRate: 40 },
)
test(
  'it is not learned while workers come and go',
  learns,
  { ...busy, memory: { ...busy.memory, ready: 3 } },
  { serviceRate: 40 },
)
test(
  'it is learned from what workers say of their time',
  learns,
  { memory: { worked: { requests: 100, seconds: 5 } }, reading: { worked: { requests: 160, seconds: 6 } } },
  { serviceRate: 60 },
)
const told: Given = {
  memory: { worked: { requests: 100, seconds: 5 }, serviceSeconds: 20 },
  reading: { worked: { requests: 160, seconds: 7 } },
}
test(
  'it is not lowered by what workers manage while others start beside them',
  learns,
  { ...told, workers: { replicas: 6, ready: 4 }, memory: { ...told.memory, replicas: 4 } },
  { serviceRate: 40 },
)
test(
  'nor by what they tell just after that',
  learns,
  { ...told, workers: { replicas: 4 }, memory: { ...told.memory, ready: 3 } },
  { serviceRate: 40 },
)
test(
  'it is lowered all the same when some have been starting for long',
  learns,
  {
    ...told,
    workers: { replicas: 6, ready: 4 },
    memory: { ...told.memory, replicas: 4, ready: 4, serviceSeconds: 5, crowdedSince: NOW - 8_000 },
  },
  { serviceRate: 40 - (2 / 7) * 10, crowdedSince: NOW - 8_000 },
)
test(
  'long is without a pause',
  learns,
  { workers: { replicas: 4 }, memory: { crowdedSince: NOW - 7_000 } },
  { crowdedSince: undefined },
)
test(
  'it is learned all the same while nothing better is known',
  learns,
  { ...told, workers: { replicas: 6, ready: 4 }, memory: { ...told.memory, replicas: 4, serviceSeconds: 0 } },
  { serviceRate: 30 },
)
test(
  'it is learned while one starts that takes for ever',
  learns,
  {
    ...told,
    workers: { replicas: 6, ready: 4 },
    memory: {
      ...told.memory,
      serviceSeconds: 0.1,
      replicas: 6,
      ready: 4,
      asked: [NOW - 60_000, NOW - 60_000],
    },
  },
  { serviceRate: 40 - (2 / 2.1) * 10 },
)

test(
  'one odd moment halves or doubles it at most',
  learns,
  { memory: { worked: { requests: 0, seconds: 0 } }, reading: { worked: { requests: 9_000, seconds: 1 } } },
  { serviceRate: 80 },
)
test(
  'an estimate that is too low is found out by the flow, with workers that are never busy',
  learns,
  {
    memory: { serviceRate: 10, flow: { requests: 1_000, seconds: 25 }, depth: 1 },
    reading: { depth: 1, served: 100 },
    workers: { replicas: 20 },
  },
  { serviceRate: (0.85 * (1_000 * Math.exp(-1 / 8) + 100)) / (25 * Math.exp(-1 / 8) + 1) },
)

test('start-up is measured from being asked for until ready, and the slow ones count', (t) => {
  const [memory, observed] = situation({ workers: { replicas: 3, ready: 2 } })
  const asked = [NOW - 900, NOW - 800, NOW - 700]
  const after = learn({ ...memory, ready: 0, replicas: 3, asked }, observed, observed.reading as never)
  t.deepEqual(after.startups, [900, 800])
  t.deepEqual(after.asked, [NOW - 700])
  t.is(startupMs(after, 2_000), 900)
})

test('start-up is the estimate of the spec until one was measured', (t) => {
  t.is(startupMs({ startups: [] }, 2_000), 2_000)
})

test('workers taken back before they were ready are not waited for', (t) => {
  const [memory, observed] = situation({ workers: { replicas: 1, ready: 1 } })
  const after = learn(
    { ...memory, ready: 1, replicas: 4, asked: [NOW, NOW, NOW] },
    observed,
    observed.reading as never,
  )
  t.deepEqual(after.asked, [])
})

test('a gap keeps what was measured and forgets what was going on', (t) => {
  const [memory, observed] = situation({
    memory: { serviceRate: 55, startups: [700], rate: 400, needs: [{ at: NOW, need: 9 }] },
  })
  t.like(restart(memory, observed), { serviceRate: 55, startups: [700], rate: 0, needs: [], since: NOW })
})
