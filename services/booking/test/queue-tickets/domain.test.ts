import test from 'ava'
import fc from 'fast-check'

import { estimateWait, type Line } from '../../src/queue-tickets/estimate.ts'
import { labelOf, TICKET_STATES, TICKET_STEPS, ticketStep } from '../../src/queue-tickets/states.ts'

test('of every step from every state, these can be made and no others', (t) => {
  const made = TICKET_STEPS.flatMap((step) =>
    TICKET_STATES.map((from) => ({ step, from, to: ticketStep(from, step) })),
  )
  t.is(made.length, 6 * 6)
  t.deepEqual(
    made.filter(({ to }) => to !== undefined).map(({ step, from, to }) => `${step}: ${from} -> ${to ?? ''}`),
    [
      'call: waiting -> called',
      'serve: called -> serving',
      'finish: serving -> done',
      'miss: called -> missed',
      'return: missed -> waiting',
      'leave: waiting -> left',
      'leave: called -> left',
      'leave: missed -> left',
    ],
  )
})

test('labels are short, and no two numbers have the same', (t) => {
  t.deepEqual([1, 12, 99, 100, 2_574, 2_575].map(labelOf), ['A1', 'A12', 'A99', 'B1', 'Z99', 'AA1'])
  const labels = Array.from({ length: 10_000 }, (_, index) => labelOf(index + 1))
  t.is(new Set(labels).size, labels.length)
  t.true(labels.every((label) => label.length <= 4))
})

const line = (fields: Partial<Line>): Line => ({
  ...{ ahead: 0, doctors: 1, busy: 1, measured: [], planned: 1_200 },
  ...fields,
})

/** Thirty visits of twenty minutes each. */
const steady = Array.from({ length: 30 }, () => 1_200)

test('with a doctor free nobody waits; with nobody on duty nobody can say', (t) => {
  t.deepEqual(estimateWait(line({ doctors: 2, busy: 1 })), { from: 0, to: 0 })
  t.is(estimateWait(line({ doctors: 0, busy: 0 })), undefined)
})

test('three people before me and two doctors, twenty minutes each: a little less than forty minutes', (t) => {
  const { from = 0, to = 0 } = estimateWait(line({ ahead: 3, doctors: 2, busy: 2, measured: steady })) ?? {}
  t.true(from >= 20 && from < 36 && to > 36 && to <= 50, `${from} to ${to}`)
})

const lines = fc.record({
  ahead: fc.integer({ min: 0, max: 40 }),
  doctors: fc.integer({ min: 1, max: 10 }),
  busy: fc.integer({ min: 0, max: 12 }),
  measured: fc.array(fc.integer({ min: 60, max: 7_200 }), { maxLength: 50 }),
  planned: fc.integer({ min: 300, max: 7_200 }),
})

test('more people before me never shorten the wait, more doctors never lengthen it, and a range is a range', (t) => {
  const middle = (one: Line) => {
    const { from = 0, to = 0 } = estimateWait(one) ?? {}
    return (from + to) / 2
  }
  fc.assert(
    fc.property(lines, (one) => {
      const { from = 0, to = 0 } = estimateWait(one) ?? {}
      t.true(from >= 0 && to >= from && Number.isInteger(from) && Number.isInteger(to))
      t.true(middle({ ...one, ahead: one.ahead + 1 }) >= middle(one) - 1)
      t.true(middle({ ...one, doctors: one.doctors + 1 }) <= middle(one) + 1)
    }),
  )
})

test('of a thousand simulated lines the wait lies within the range in about four of five', (t) => {
  // A plain simulation: each doctor takes the next when the visit ends. Visits last 10 to 30 minutes, evenly.
  let seed = 42
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const visit = () => 600 + 1_200 * random()
  const waitOf = (ahead: number, doctors: number) => {
    // Visits under way are somewhere in their middle.
    const free = Array.from({ length: doctors }, () => visit() * random())
    for (let n = 0; n < ahead; n++) {
      free.sort((a, b) => a - b)
      free[0] = (free[0] ?? 0) + visit()
    }
    return Math.min(...free)
  }
  const measured = Array.from({ length: 50 }, visit)
  let within = 0
  for (let n = 0; n < 1_000; n++) {
    const [ahead, doctors] = [4 + (n % 12), 1 + (n % 4)]
    const { from = 0, to = 0 } = estimateWait(line({ ahead, doctors, busy: doctors, measured })) ?? {}
    const minutes = waitOf(ahead, doctors) / 60
    if (minutes >= from && minutes <= to) within++
  }
  t.true(within >= 750 && within <= 900, `${within} of 1000`)
})
