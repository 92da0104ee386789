import test from 'ava'

import type { Decision, Reading } from '../src/decide/types.ts'
import { Reason } from '../src/decide/types.ts'
import { untilStep } from '../src/step.ts'
import { isQuiet, tickMs } from '../src/tick.ts'

interface Given {
  depth?: number
  draining?: number
  recent?: number[]
  replicas?: number
  reason?: Reason
}

const looks = test.macro((t, given: Given, pauseMs: number) => {
  const { depth = 0, draining = 0, recent = [0, 0], replicas = 2, reason = Reason.steady } = given
  const inputs = { depth, draining } as Decision['inputs']
  t.is(tickMs({ inputs, replicas, reason }, { recent } as unknown as Reading), pauseMs)
})

test('a pool with work is looked at often', looks, { depth: 1 }, 250)
test('so is one to which something has just come', looks, { recent: [0, 3] }, 250)
test('and one with a worker that is to go', looks, { draining: 1, reason: Reason.floor }, 250)
test('while it may shrink, once a second', looks, { reason: Reason.waiting }, 1_000)
test('asleep it waits for a signal', looks, { replicas: 0, reason: Reason.idle }, 4_000)
test('with the fewest workers it may have, too', looks, { reason: Reason.floor }, 4_000)
test('and with the fewest that its schedule asks for', looks, { reason: Reason.prewarm }, 4_000)

test('only a pause of a second or more is cut short by signals', (t) => {
  t.deepEqual([250, 999, 1_000, 4_000].map(isQuiet), [false, false, true, true])
})

test('pauses that end near each other end together, and none is shortened', (t) => {
  const ends = [0, 1, 100.5, 249].map((now) => now + untilStep(1_000, now))
  t.deepEqual(ends, [1_000, 1_250, 1_250, 1_250])
})
