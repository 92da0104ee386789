import test from 'ava'

import { poolTimeLimits } from '../src/pool-limits.ts'

test('every time of a pool has the bounds that the API server checks', (t) => {
  const limits = poolTimeLimits()
  t.deepEqual(
    [...limits.keys()].sort(),
    [
      'drainSLO',
      'idleAfter',
      'prewarm[].duration',
      'scaleDown.stepPeriod',
      'scaleDown.window',
      'startupEstimate',
    ].sort(),
  )
  t.deepEqual(limits.get('drainSLO'), { least: '1s', most: '1h' })
  t.deepEqual(limits.get('prewarm[].duration'), { least: '1m', most: '168h' })
})
