import test from 'ava'

import { planOf } from '../lib/plan.ts'

test('the journey holds twenty thousand patients above a thousand requests a second', (t) => {
  const plan = planOf({})
  t.like(plan, { scenario: 'journey', vus: 20_000, urls: undefined, data: undefined, speedup: undefined })
  t.true(plan.hold >= 60)
  t.true(plan.vus / plan.pause >= 1_000)
})

test('the make target passes what was not given as empty', (t) => {
  t.deepEqual(planOf({ SCENARIO: '', DATA: '', BOOKING_URLS: '' }), planOf({}))
})

test('fewer patients keep their pace', (t) => {
  t.is(planOf({ VUS: '200' }).pause, planOf({}).pause)
  t.is(planOf({ VUS: '200', RATE: '50' }).pause, 4)
})

test('ten patients fight for each hot slot', (t) => {
  t.is(planOf({ SCENARIO: 'hot-slots' }).slots, 2_000)
  t.is(planOf({ SCENARIO: 'hot-slots', VUS: '100', SLOTS: '3' }).slots, 3)
})

test('times are told in seconds, minutes or hours', (t) => {
  t.is(planOf({ DURATION: '90' }).hold, 90)
  t.is(planOf({ DURATION: '1.5m' }).hold, 90)
  t.is(planOf({ SCENARIO: 'soak', DURATION: '8h', RAMP: '5s' }).hold, 28_800)
})

test('base URLs may end in a slash', (t) => {
  t.deepEqual(planOf({ BOOKING_URLS: 'http://a/, http://b' }).urls, ['http://a', 'http://b'])
})

const refuses = test.macro({
  exec: (t, env: NodeJS.ProcessEnv) => void t.throws(() => planOf(env), { code: 'LOAD_SETTINGS' }),
  title: (_, env) => `refuses ${JSON.stringify(env)}`,
})

test(refuses, { SCENARIO: 'stampede' })
test(refuses, { VUS: '0' })
test(refuses, { VUS: 'many' })
test(refuses, { VUS: '1.5' })
test(refuses, { RATE: '-1' })
test(refuses, { DURATION: 'long' })
test(refuses, { DURATION: '5d' })
test(refuses, { SPEEDUP: '0' })
