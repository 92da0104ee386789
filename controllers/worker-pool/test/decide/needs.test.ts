import test from 'ava'
import fc from 'fast-check'

import { largestNeed, type PastNeed, withNeed } from '../../src/decide/needs.ts'

const anyNeeds = fc.array(
  fc.record({ elapsedMs: fc.integer({ min: 1, max: 5_000 }), need: fc.integer({ min: 0, max: 30 }) }),
  { minLength: 1, maxLength: 300 },
)

test('the largest need of a window is the same as of all that were in it', (t) => {
  fc.assert(
    fc.property(anyNeeds, fc.integer({ min: 0, max: 60_000 }), (story, windowMs) => {
      let now = 0
      let kept: PastNeed[] = []
      const all: PastNeed[] = []
      return story.every(({ elapsedMs, need }) => {
        now += elapsedMs
        const from = now - windowMs
        kept = withNeed(kept, { at: now, need }, from)
        all.push({ at: now, need })
        const needs = all.filter(({ at }) => at >= from).map((one) => one.need)
        return largestNeed(kept) === Math.max(...needs) && kept.length <= 31
      })
    }),
  )
  t.pass()
})

test('a day of steady need is one', (t) => {
  let kept: PastNeed[] = []
  for (let at = 0; at < 86_400_000; at += 250) kept = withNeed(kept, { at, need: 3 }, -Infinity)
  t.deepEqual(kept, [{ at: 86_400_000 - 250, need: 3 }])
})

test('there is none before the first', (t) => {
  t.is(largestNeed([]), 0)
})
