import test from 'ava'

import { type Decision, Reason } from '../src/decide/types.ts'
import { nextLook } from '../src/next-look.ts'

const inputs = { draining: 0, depth: 0 } as Decision['inputs']
const asleep = { inputs, replicas: 0, reason: Reason.idle }
const busy = { inputs: { ...inputs, depth: 3 }, replicas: 1, reason: Reason.idle }
const calm = { reading: undefined, again: false, signalled: false, now: 0 }

test('a pool with nothing to do rests until a signal', (t) => {
  t.deepEqual(nextLook({ ...calm, decision: asleep }), { afterMs: 4_000, quiet: true })
})

test('a signal that came while it was on its way to rest is not overslept', (t) => {
  t.deepEqual(nextLook({ ...calm, decision: asleep, signalled: true }), { afterMs: 50, quiet: true })
})

test('a busy pool is looked at as often with signals as without', (t) => {
  const look = nextLook({ ...calm, decision: busy })
  t.false(look.quiet)
  t.deepEqual(nextLook({ ...calm, decision: busy, signalled: true }), look)
})

test('what was begun is gone on with at once', (t) => {
  t.deepEqual(nextLook({ ...calm, decision: asleep, again: true }), { afterMs: 50, quiet: false })
})
