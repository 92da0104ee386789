import test from 'ava'

import { progressLine } from '../lib/progress.ts'
import { Tally } from '../lib/tally.ts'

const T = 1_800_000_000_000

function tallyOf(...lines: string[]): Tally {
  const tally = new Tally()
  for (const line of lines) tally.take(line)
  return tally
}

test('counts requests, and fails what was not expected of each operation', (t) => {
  const tally = tallyOf(
    `s,${T},search,200,50`,
    `s,${T},book,201,100`,
    `s,${T},book,409,100`,
    `s,${T},book,422,100`,
    `s,${T},book,503,100`,
    `s,${T},book,0,300000`,
    `s,${T},poll,404,10`,
    `s,${T},cancel,409,10`,
  )
  t.is(tally.requests, 8)
  t.is(tally.failed, 4)
  t.is(tally.statuses()['book 409'], 1)
  t.like(tally.operations().book, { count: 5, p50: 10, max: 30_000 })
})

test('a span holds the whole seconds within it only', (t) => {
  const tally = tallyOf(
    `s,${T + 999},search,200,10`,
    `s,${T + 1_000},search,200,20`,
    `s,${T + 2_999},search,500,40`,
    `s,${T + 3_000},search,200,80`,
  )
  t.deepEqual(tally.span(T + 500, T + 3_500), {
    ...{ seconds: 2, rate: 1, failed: 1, count: 2 },
    ...{ p50: 2, p90: 4, p99: 4, max: 4 },
  })
  t.like(tally.span(T + 100_000, T + 100_000), { count: 0, rate: 0, seconds: 0 })
})

test('seconds without a request are points, too', (t) => {
  const tally = tallyOf(
    `c,${T},patient`,
    `s,${T},search,200,10`,
    `c,${T + 2_000},patient`,
    `s,${T + 2_500},search,200,30`,
  )
  t.deepEqual(tally.points(), [
    { second: 0, rate: 1, failed: 0, patients: 1, p50: 1, p99: 1 },
    { second: 1, rate: 0, failed: 0, patients: 1, p50: 0, p99: 0 },
    { second: 2, rate: 1, failed: 0, patients: 2, p50: 3, p99: 3 },
  ])
  t.deepEqual(new Tally().points(), [])
})

test('keeps the answers that must hold', (t) => {
  const tally = tallyOf('a,booked,id-1,key-1', 'a,cancelled,id-1,')
  t.deepEqual(tally.acknowledged, [
    { status: 'booked', requestId: 'id-1', key: 'key-1' },
    { status: 'cancelled', requestId: 'id-1' },
  ])
})

test('remarks that differ in an id only are one', (t) => {
  const tally = tallyOf(
    `c,${T},unexpected,book 500 of 3f0c1d1e-0000-4000-8000-000000000001, sorry`,
    `c,${T},unexpected,book 500 of 3f0c1d1e-0000-4000-8000-000000000002, sorry`,
    'GoError: the script is broken',
    '',
  )
  t.deepEqual(tally.remarks(), { 'unexpected book 500 of …, sorry': 2, 'GoError: the script is broken': 1 })
  t.deepEqual(tally.counts(), { unexpected: 2 })
})

test('remembers fifty different remarks and no more', (t) => {
  const tally = tallyOf(...Array.from({ length: 60 }, (_, index) => `problem ${index}`), 'problem 1')
  const remarks = tally.remarks()
  t.is(Object.keys(remarks).length, 50)
  t.is(remarks['problem 1'], 2)
})

test('the progress line tells of the seconds that are over', (t) => {
  const tally = tallyOf(
    `c,${T},patient`,
    `c,${T},booked`,
    ...Array.from({ length: 10 }, () => `s,${T + 64_000},book,201,420`),
    ...Array.from({ length: 99 }, () => `s,${T + 66_000},book,201,9999`),
  )
  const line = progressLine(tally, { start: T, now: T + 66_000, seconds: 5 })
  t.is(line, '  01:06  1 patients  2 requests/s  p99 42 ms  1 booked  0 conflicts  0 failed')
})
