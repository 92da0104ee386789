import test from 'ava'

import { type Decision, Reason } from '../src/decide/types.ts'
import { nextLook } from '../src/next-look.ts'

const inputs = { draining: 0, depth: 0 } as Decision['inputs']
const idle = { inputs, replicas: 0, reason: Reason.idle }
const busy = { inputs: { ...inputs, depth: 3 }, replicas: 1, reason: Reason.idle }
const calm = { reading: undefined, again: false, asleep: false, signalled: false, now: 0 }

test('a pool with nothing to do rests until a signal', (t) => {
  t.deepEqual(nextLook({ ...calm, decision: idle }), { afterMs: 4_000, quiet: true })
})

test('a signal that came while it was on its way to rest is not overslept', (t) => {
  t.deepEqual(nextLook({ ...calm, decision: idle, signalled: true }), { afterMs: 0, quiet: true })
})

test('a busy pool is looked at as often with signals as without', (t) => {
  const look = nextLook({ ...calm, decision: busy })
  t.false(look.quiet)
  t.deepEqual(nextLook({ ...calm, decision: busy, signalled: true }), look)
})

test('the first signal counts while there is no worker, also when something came a moment ago', (t) => {
  const look = nextLook({ ...calm, decision: busy, asleep: true })
  t.deepEqual(look, { afterMs: 250, quiet: true })
  t.is(nextLook({ ...calm, decision: busy, asleep: true, signalled: true }).afterMs, 0)
})

test('what was begun is gone on with at once', (t) => {
  t.deepEqual(nextLook({ ...calm, decision: idle, again: true }), { afterMs: 50, quiet: false })
})
