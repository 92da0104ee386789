import test from 'ava'

import { decide } from '../../src/decide/decide.ts'
import type { Decision } from '../../src/decide/types.ts'
import { type Given, situation } from './observed.ts'

/** In the situation given, the decision has what is expected. */
export const decides = test.macro((t, given: Given, expected: Partial<Decision>) => {
  const [memory, observed] = situation(given)
  t.like(decide(memory, observed), expected)
})
