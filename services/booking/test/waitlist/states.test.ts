import { APPOINTMENT_STATUSES } from '@medqueue/contracts'
import test from 'ava'

import { keepsPlace, outcomeOf, stepOf, WAITLIST_STATES, WAITLIST_STEPS } from '../../src/waitlist/states.ts'

test('of every step from every state, these can be made and no others', (t) => {
  const made = WAITLIST_STEPS.flatMap((step) =>
    WAITLIST_STATES.map((from) => ({ step, from, to: stepOf(from, step) })),
  )
  t.is(made.length, 5 * 5)
  t.deepEqual(
    made.filter(({ to }) => to !== undefined).map(({ step, from, to }) => `${step}: ${from} -> ${to ?? ''}`),
    [
      'offer: waiting -> offered',
      'take: offered -> served',
      'pass: offered -> waiting',
      'leave: waiting -> left',
      'leave: offered -> left',
      'end: waiting -> over',
    ],
  )
})

test('one offer may be passed without losing the place', (t) => {
  t.deepEqual([0, 1, 2, 3].map(keepsPlace), [true, true, false, false])
})

test('an offer is open while it is held, passed when it lapsed or was let go, and else taken', (t) => {
  const of = (outcome: string) => APPOINTMENT_STATUSES.filter((status) => outcomeOf(status) === outcome)
  t.deepEqual(of('open'), ['held'])
  t.deepEqual(of('pass'), ['cancelled', 'expired'])
  t.is(of('take').length, APPOINTMENT_STATUSES.length - 3)
})
