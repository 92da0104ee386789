import type { Trace } from '@medqueue/worker-pool-controller/traces'
import test from 'ava'

import { needOf } from '../../src/measure/need.ts'
import { backlogOf, figuresOf, type Recording } from '../../src/measure/recording.ts'
import { median, quantile } from '../../src/measure/statistics.ts'

const trace: Trace = {
  name: 'made',
  arrivals: [0, 1, 2, 3],
  rate: (at) => (at < 4 ? 40 : 0),
  horizon: 10,
  idealSeconds: 0.1,
  maxReplicas: 25,
}

/** One worker from 2 s to 8 s that deals with four messages. */
const recording = (overrides: Partial<Recording> = {}): Recording => ({
  published: [0, 1, 2, 3],
  done: [2.5, 3, 3.5, 4],
  ...{ doubled: 0, redelivered: 0, disordered: 0 },
  asked: [
    { at: 0.5, value: 1 },
    { at: 8, value: 0 },
  ],
  ready: [
    { at: 2, value: 1 },
    { at: 8, value: 0 },
  ],
  ...{ questions: 2, cpuSeconds: 0.5, peakMegabytes: 100, busySeconds: 1, publisherLag: 0.01 },
  ...overrides,
})

test('quantiles are values that were measured', (t) => {
  const values = [5, 1, 4, 2, 3]
  t.is(quantile(values, 0.5), 3)
  t.is(quantile(values, 0.99), 5)
  t.is(quantile(values, 0), 1)
  t.is(median([1, 2, 3, 4]), 2)
  t.is(median([Infinity, 3, Infinity]), Infinity)
})

test('need keeps up and works the backlog off in five seconds, up to the most', (t) => {
  t.is(needOf(0, 0, 25), 0)
  t.is(needOf(20, 100, 25), 1)
  t.is(needOf(20, 101, 25), 2)
  t.is(needOf(600, 3_000, 25), 25)
})

test('the backlog rises with each message and falls with each that is done', (t) => {
  t.deepEqual(backlogOf({ published: [0, 1, 1], done: [1, 2, null] }), [
    { at: 0, value: 1 },
    { at: 1, value: 2 },
    { at: 1, value: 3 },
    { at: 1, value: 2 },
    { at: 2, value: 1 },
  ])
})

test('figures of a run without a fault', (t) => {
  t.like(figuresOf(recording(), trace), {
    messages: 4,
    p50: 1.5,
    p99: 2.5,
    late: 0,
    firstAsked: 0.5,
    firstReady: 2,
    drain: 4,
    podSeconds: 6,
    cost: 60,
    peak: 1,
    reversals: 1,
    lost: 0,
    questionsPerSecond: 0.2,
  })
})

test('what lacks and what is too much is counted against the need', (t) => {
  // One is needed to keep up, and a second as long as anything waits.
  const { over, under } = figuresOf(recording(), trace)
  t.true(Math.abs(under - (2 * 2 + 2 * 1)) < 0.11, `under is ${under}`)
  t.true(Math.abs(over - 4) < 0.11, `over is ${over}`)
})

test('a message that was never done is lost, and late', (t) => {
  t.like(figuresOf(recording({ done: [2.5, null, 3.5, 14] }), trace), { lost: 1, late: 0.5, drain: 14 })
})

test('what happens after the horizon costs nothing', (t) => {
  const asked = [...recording().asked, { at: 12, value: 9 }]
  const ready = [...recording().ready, { at: 13, value: 9 }]
  t.like(figuresOf(recording({ asked, ready }), trace), { podSeconds: 6, peak: 1, reversals: 1 })
})

test('a worker that was never asked for has no time', (t) => {
  t.like(figuresOf(recording({ asked: [], ready: [] }), trace), {
    firstAsked: null,
    firstReady: null,
    podSeconds: 0,
  })
})
