import test from 'ava'

import { concludeScaleDowns, downsIn } from '../src/scale-downs.ts'

const step = (value: number, at: number) => ({ at, value })
const CLEAN = { scaleDowns: 100, messages: 20_000, lost: 0, doubled: 0, redelivered: 0, disordered: 0 }

test('each lowering counts once, however many workers it takes away', (t) => {
  t.is(downsIn([4, 3, 2, 4, 1, 4].map(step)), 3)
  t.is(downsIn([4].map(step)), 0)
  t.is(downsIn([]), 0)
})

test('the line tells of everything that must not happen', (t) => {
  t.deepEqual(concludeScaleDowns(CLEAN, 100), {
    proved: true,
    line: 'bench-scaling: scale-downs=100 messages=20000 lost=0 doubled=0 redelivered=0 disordered=0',
  })
})

test('one fault, too few scale-downs, or no message is no proof', (t) => {
  for (const name of ['lost', 'doubled', 'redelivered', 'disordered'] as const)
    t.false(concludeScaleDowns({ ...CLEAN, [name]: 1 }, 100).proved)
  t.false(concludeScaleDowns(CLEAN, 101).proved)
  t.false(concludeScaleDowns({ ...CLEAN, messages: 0 }, 100).proved)
})
