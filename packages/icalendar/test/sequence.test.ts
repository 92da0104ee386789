import test from 'ava'
import fc from 'fast-check'

import { nextSequence, type Seen, sequenceOf } from '../src/index.ts'

const seen: fc.Arbitrary<Seen> = fc.record({
  start: fc.constantFrom(0, 1_800_000),
  end: fc.constantFrom(3_600_000, 5_400_000),
  clinicId: fc.constantFrom('one', 'two'),
  status: fc.constantFrom('tentative', 'confirmed', 'cancelled'),
})

const key = ({ start, end, clinicId, status }: Seen) => [start, end, clinicId, status].join()

test('the sequence counts the changes of time, place and status, and nothing else', (t) => {
  fc.assert(
    fc.property(fc.array(seen, { minLength: 1, maxLength: 30 }), (states) => {
      const changes = states.filter((state, i) => i > 0 && key(state) !== key(states[i - 1] ?? state)).length
      t.is(sequenceOf(states), changes)
    }),
  )
})

test('told step by step it comes to the same as told at once', (t) => {
  fc.assert(
    fc.property(fc.array(seen, { minLength: 2, maxLength: 30 }), (states) => {
      let sequence = 0
      for (const [index, state] of states.entries()) {
        const before = states[index - 1]
        if (before === undefined) continue
        const next = nextSequence(sequence, before, state)
        t.true(next === sequence || next === sequence + 1)
        sequence = next
      }
      t.is(sequence, sequenceOf(states))
    }),
  )
})
