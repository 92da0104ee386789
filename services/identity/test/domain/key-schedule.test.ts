import test from 'ava'
import fc from 'fast-check'

import { activationOf, type KeyTimes, planKeys } from '../../src/domain/key-schedule.ts'

const DAY = 24 * 3_600_000
const policy = { rotateAfterMs: 30 * DAY, leadMs: 900_000, keepMs: DAY }
const now = new Date('2027-03-01T00:00:00Z')
const key = (kid: string, offset: number): KeyTimes => ({
  kid,
  activatesAt: new Date(now.getTime() + offset),
})

test('without keys one is due, and it signs at once', (t) => {
  const plan = planKeys([], now, policy)
  t.like(plan, { signing: undefined, published: [], rotationDue: true })
  t.deepEqual(activationOf(plan, now, policy), now)
})

test('a later key waits for the lead', (t) => {
  const plan = planKeys([key('a', -DAY)], now, policy)
  t.is(activationOf(plan, now, policy).getTime(), now.getTime() + policy.leadMs)
})

test('the newest key that has begun signs; the one to come and the old one are published after it', (t) => {
  const plan = planKeys([key('old', -31 * DAY), key('current', -DAY / 2), key('next', 60_000)], now, policy)
  t.deepEqual(plan, {
    signing: 'current',
    published: ['current', 'next', 'old'],
    expired: [],
    nextChange: key('next', 60_000).activatesAt,
    rotationDue: false,
  })
})

test('an old key goes when its successor has signed for long enough', (t) => {
  const keys = [key('old', -31 * DAY), key('current', -DAY - 1)]
  t.like(planKeys(keys, now, policy), { published: ['current'], expired: ['old'] })
})

test('rotation is due a lead before the key is too old, and only once', (t) => {
  const aging = key('a', -(policy.rotateAfterMs - policy.leadMs))
  t.true(planKeys([aging], now, policy).rotationDue)
  t.false(planKeys([aging, key('b', policy.leadMs)], now, policy).rotationDue)
})

test('whatever the keys, the signing one is published first and none is both published and expired', (t) => {
  const offsets = fc.uniqueArray(fc.integer({ min: -100 * DAY, max: DAY }), { maxLength: 8 })
  fc.assert(
    fc.property(offsets, (times) => {
      const keys = times.map((offset, i) => key(`k${i}`, offset))
      const { signing, published, expired } = planKeys(keys, now, policy)
      t.is(published[0], signing ?? published[0])
      t.is(published.length + expired.length, keys.length)
      t.is(new Set([...published, ...expired]).size, keys.length)
      t.is(
        signing === undefined,
        times.every((offset) => offset > 0),
      )
    }),
  )
})
