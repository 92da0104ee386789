import test from 'ava'

import { type Condition, conditionsOf, findCondition, type Phase, setCondition } from '../src/index.ts'

const NOON = Date.parse('2026-01-05T12:00:00Z')
const NIGHT = Date.parse('2026-01-05T23:00:00Z')

const phase = (name: Phase['phase'], more: Partial<Phase> = {}): Phase => ({
  phase: name,
  reason: 'Tested',
  message: 'It is tested.',
  ...more,
})

const context = (previous?: Condition[], now = NOON, generation = 3) => ({ generation, previous, now })

const statuses = (conditions: readonly Condition[]) =>
  conditions.map(({ type, status }) => `${type}=${status}`)

const says = test.macro((t, given: Phase, expected: string[]) => {
  t.deepEqual(statuses(conditionsOf(given, context())), expected)
})

test('says ready', says, phase('ready'), ['Ready=True', 'Reconciling=False', 'Stalled=False'])
test('says reconciling', says, phase('reconciling'), ['Ready=False', 'Reconciling=True', 'Stalled=False'])
test('says stalled', says, phase('stalled'), ['Ready=False', 'Reconciling=False', 'Stalled=True'])
test('says that it cannot tell', says, phase('reconciling', { ready: 'Unknown' }), [
  'Ready=Unknown',
  'Reconciling=True',
  'Stalled=False',
])
test('does not let a stalled object be ready', says, phase('stalled', { ready: 'True' }), [
  'Ready=False',
  'Reconciling=False',
  'Stalled=True',
])

test('writes all three conditions with the generation from the first time on', (t) => {
  for (const condition of conditionsOf(phase('reconciling'), context())) {
    t.is(condition.observedGeneration, 3)
    t.is(condition.lastTransitionTime, '2026-01-05T12:00:00.000Z')
    t.is(condition.reason, 'Tested')
  }
})

test('moves the time of a condition only when its status changes', (t) => {
  const before = conditionsOf(phase('reconciling'), context())
  const after = conditionsOf(phase('ready', { reason: 'Done' }), context(before, NIGHT, 4))

  t.is(findCondition(after, 'Ready')?.lastTransitionTime, '2026-01-05T23:00:00.000Z')
  t.is(findCondition(after, 'Stalled')?.lastTransitionTime, '2026-01-05T12:00:00.000Z')
  t.is(findCondition(after, 'Stalled')?.observedGeneration, 4)
  t.is(findCondition(after, 'Stalled')?.reason, 'Done')
})

test('keeps further conditions behind the three', (t) => {
  const drained = { type: 'Drained', status: 'True', reason: 'Idle', message: 'Nothing is left.' } as const

  t.deepEqual(statuses(conditionsOf(phase('ready'), context(), [drained])).slice(3), ['Drained=True'])
})

test('sets one condition among others', (t) => {
  const before = conditionsOf(phase('ready'), context())
  const update = { type: 'Drained', status: 'False', reason: 'Busy', message: 'Work is left.' } as const
  const once = setCondition(update, context(before, NIGHT))
  const twice = setCondition({ ...update, status: 'True' }, context(once, NIGHT))

  t.is(once.length, 4)
  t.deepEqual(statuses(twice), ['Ready=True', 'Reconciling=False', 'Stalled=False', 'Drained=True'])
  t.deepEqual(once.slice(0, 3), before)
})
