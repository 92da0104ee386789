import test from 'ava'

import { Recovery, type Sign } from '../src/books/recovery.ts'

const sign = (overrides: Partial<Sign> = {}): Sign => ({
  ask: 'book',
  doctorId: 'a',
  firstSentAt: 1_000,
  at: 1_100,
  status: 201,
  ...overrides,
})

test('the slowest doctor tells how long it took', (t) => {
  const recovery = new Recovery(['a', 'b'], 1_000)
  recovery.note(sign({ at: 1_500 }))
  t.is(recovery.tookMs, undefined)
  t.is(recovery.missing, 1)

  recovery.note(sign({ doctorId: 'b', at: 4_000 }))
  recovery.note(sign({ at: 9_000 }))
  t.is(recovery.tookMs, 3_000)
})

test('answers need not come in the order of their times', (t) => {
  const recovery = new Recovery(['a', 'b'], 1_000)
  recovery.note(sign({ at: 3_000 }))
  recovery.note(sign({ doctorId: 'b', at: 2_000 }))
  t.is(recovery.tookMs, 2_000)
})

test('a key that was sent before the moment proves nothing', (t) => {
  const recovery = new Recovery(['a'], 1_000)
  recovery.note(sign({ firstSentAt: 999 }))
  t.is(recovery.tookMs, undefined)
})

test('a refusal, a promise or another question is no booking', (t) => {
  const recovery = new Recovery(['a'], 1_000)
  for (const other of [{ status: 409 }, { status: 202 }, { ask: 'cancel' as const, status: 200 }]) {
    recovery.note(sign(other))
  }
  t.is(recovery.tookMs, undefined)
})
