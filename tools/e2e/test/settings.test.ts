import test from 'ava'

import { settingsOf } from '../src/settings.ts'

test('every day is smaller than the proof', (t) => {
  t.deepEqual(settingsOf({}), { scaleDowns: 20, leaders: 3, wakes: 20, rate: 30 })
  t.is(settingsOf({ E2E_SCALE_DOWNS: '100' }).scaleDowns, 100)
  t.is(settingsOf({ E2E_LEADERS: '' }).leaders, 3)
})

for (const value of ['0', '-1', '1.5', 'many', '1001']) {
  test(`${value} is no number of scale-downs`, (t) => {
    t.throws(() => settingsOf({ E2E_SCALE_DOWNS: value }), {
      instanceOf: RangeError,
      message: /^E2E_SCALE_DOWNS must be a whole number/,
    })
  })
}
