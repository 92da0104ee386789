import test from 'ava'

import { firstRise, integral, push, reversals, sampled, type Step, valueAt } from '../../src/measure/steps.ts'

/** Steps from pairs of moment and value. */
const steps = (...pairs: [at: number, value: number][]): Step[] => pairs.map(([at, value]) => ({ at, value }))

test('a value stays until it changes, and is 0 before', (t) => {
  const some = steps([1, 5], [3, 2])
  t.deepEqual(
    [0, 1, 2.9, 3, 9].map((at) => valueAt(some, at)),
    [0, 5, 5, 2, 2],
  )
})

test('the area counts what was there before the beginning, and nothing after the end', (t) => {
  const some = steps([-5, 2], [1, 5], [3, 0], [20, 9])
  t.is(integral(some, 0, 10), 2 * 1 + 5 * 2)
  t.is(integral(some, 2, 10), 5)
  t.is(integral(some, 0, 22), 12 + 2 * 9)
  t.is(integral([], 0, 10), 0)
})

test('only turns count as reversals, however many steps lead up or down', (t) => {
  t.is(reversals(steps([0, 1], [1, 4], [2, 25])), 0)
  t.is(reversals(steps([0, 1], [1, 4], [2, 2], [3, 0])), 1)
  t.is(reversals(steps([0, 8], [1, 1], [2, 1], [3, 8], [4, 0])), 3)
  t.is(reversals([]), 0)
})

test('the first rise is the first one above what stood at the beginning', (t) => {
  t.is(firstRise(steps([-9, 1], [0.5, 4])), 0.5)
  t.is(firstRise(steps([-9, 3], [1, 1], [2, 3], [4, 5])), 4)
  t.is(firstRise(steps([-9, 3], [1, 0])), undefined)
})

test('a value that has not changed is no step', (t) => {
  const some: Step[] = []
  for (const [at, value] of [
    [0, 0],
    [1, 2],
    [2, 2],
    [3, 0],
  ] as const)
    push(some, at, value)
  t.deepEqual(some, steps([1, 2], [3, 0]))
})

test('samples are the values at equal distances, both ends included', (t) => {
  t.deepEqual(sampled(steps([-1, 1], [1, 2], [1.4, 7], [2, 3]), 1, 3), [1, 2, 3, 3])
})
