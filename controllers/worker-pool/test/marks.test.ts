import test from 'ava'

import type { Word } from '../src/depth/heartbeats.ts'
import type { Pod } from '../src/kinds.ts'
import { followMarks, type Mark, markOf } from '../src/marks.ts'
import { hasDrained, workersOf } from '../src/workers.ts'
import { DRAINING_SINCE } from '../src/world.ts'
import { NOW } from './helpers/observed.ts'

const MINUTE_MS = 60_000

/** A pod whose mark was written at a time that means nothing here: by a clock that is an hour wrong. */
function pod(shown = true): Pod {
  const annotations = shown ? { [DRAINING_SINCE]: new Date(NOW - 60 * MINUTE_MS).toISOString() } : {}
  const metadata = { name: 'a', uid: 'a', resourceVersion: '1', labels: { app: 'workers' }, annotations }
  return { apiVersion: 'v1', kind: 'Pod', metadata }
}

interface Given {
  shown?: boolean
  /** When this process marked it or first saw its mark, and asked it. */
  marked?: number
  asked?: number
  word?: { at: number; draining?: boolean; drained?: boolean }
}

const marksOf = ({ marked, asked }: Given) => ({
  marked: new Map(marked === undefined ? [] : [['a', marked]]),
  asked: new Map(asked === undefined ? [] : [['a', asked]]),
  plain: new Set<string>(),
  overdue: new Set<string>(),
})

function wordOf({ word }: Given): Word | undefined {
  if (word === undefined) return undefined
  const load = { inflight: 0, served: 0, busySeconds: 0, depth: null, oldestAt: null }
  return { pod: 'a', pool: 'pool', ...load, draining: false, drained: false, ...word }
}

const stands = test.macro((t, given: Given, standing: Mark['standing'] | undefined) => {
  t.is(markOf(pod(given.shown), marksOf(given), wordOf(given), NOW)?.standing, standing)
})

test('a pod without a mark has none', stands, { shown: false }, undefined)
test('a mark that is seen for the first time says nothing of its worker', stands, {}, 'unheard')
test(
  'nor does what its worker said before it was seen',
  stands,
  { marked: NOW - 1_000, word: { at: NOW - 1_200 } },
  'unheard',
)
test(
  'it holds when its worker says so',
  stands,
  { marked: NOW - 500, word: { at: NOW, draining: true } },
  'holds',
)
test('it holds when its worker has not spoken for long', stands, { marked: NOW - 3_500 }, 'holds')
test('it is void when its worker works', stands, { marked: NOW - 500, word: { at: NOW } }, 'void')
test(
  'a worker that was asked a moment ago may not have heard of it',
  stands,
  { shown: false, marked: NOW - 4_000, asked: NOW - 4_000, word: { at: NOW } },
  'holds',
)
test(
  'one that does not answer is asked again, and its mark holds',
  stands,
  { marked: NOW - 20_000, asked: NOW - 3_000, word: { at: NOW } },
  'holds',
)
test(
  'a mark holds for as long as its worker has drained, whoever does nothing about it',
  stands,
  {
    marked: NOW - 2 * MINUTE_MS,
    asked: NOW - 2 * MINUTE_MS,
    word: { at: NOW, draining: true, drained: true },
  },
  'holds',
)
test(
  'it is void when its worker has started over since it was last asked',
  stands,
  { marked: NOW - 3 * MINUTE_MS, asked: NOW - 2 * MINUTE_MS, word: { at: NOW } },
  'void',
)

const target = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'workers', uid: 'd', resourceVersion: '1' },
  spec: { replicas: 1, selector: { matchLabels: { app: 'workers' } } },
}

/** What is known after a look, and whether its worker may be taken away. */
function look(given: Given, now: number) {
  const state = marksOf(given)
  const workers = workersOf(target, [pod(given.shown)], state, { wordOf: () => wordOf(given), now })
  followMarks(state, workers)
  return { state, drained: workers.some((worker) => hasDrained(worker, state, now)) }
}

test('the time that a worker has counts from when its mark was first seen here, whatever is written on it', (t) => {
  const { state, drained } = look({}, NOW)
  t.is(state.marked.get('a'), NOW)
  t.false(drained)
  t.false(look({ marked: NOW }, NOW + 30_000).drained)
  t.true(look({ marked: NOW }, NOW + 30_001).drained)
})

test('a mark that is void is forgotten once it is gone from the pod', (t) => {
  const started = { marked: NOW - 200_000, asked: NOW - 190_000, word: { at: NOW } }
  t.is(look(started, NOW).state.marked.size, 1)
  const { state } = look({ ...started, shown: false }, NOW)
  t.deepEqual([state.marked.size, state.asked.size], [0, 0])
})
