import { testServers } from '@medqueue/testing'
import test from 'ava'
import fc from 'fast-check'

import { createPool } from '../src/index.ts'
import { PoolWaits } from '../src/waits.ts'

test('the longest wait is that of whoever came first and still waits, or of who has waited longer since one asked', (t) => {
  const step = fc.oneof(
    fc.record({ pass: fc.nat(1_000) }),
    fc.constant({ begin: true as const }),
    fc.record({ end: fc.nat(5) }),
    fc.constant({ take: true as const }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [now, longest] = [0, 0]
      const waits = new PoolWaits(() => now)
      const ended: number[] = []
      waits.onWaited = (ms) => ended.push(ms)
      const expected: number[] = []
      const open: { since: number; end: () => void }[] = []
      const oldest = () => Math.max(0, ...open.map(({ since }) => now - since))
      for (const one of steps) {
        if ('pass' in one) now += one.pass
        else if ('begin' in one) open.push({ since: now, end: waits.begin() })
        else if ('end' in one) {
          const [ending] = open.splice(one.end, 1)
          ending?.end()
          ending?.end()
          if (ending === undefined) continue
          expected.push(now - ending.since)
          longest = Math.max(longest, now - ending.since)
        } else {
          t.is(waits.takeLongestMs(), Math.max(longest, oldest()))
          longest = 0
        }
        t.is(waits.oldestMs(), oldest())
      }
      t.deepEqual(ended, expected)
    }),
  )
})

test('queries and transactions wait for a connection that others have, and a wait that is given up counts too', async (t) => {
  const pool = createPool({ url: testServers().postgresUrl, max: 1, name: 'waits-test' })
  t.teardown(async () => pool.end())
  const waited: number[] = []
  pool.waits.onWaited = (ms) => waited.push(ms)
  const client = await pool.connect()
  const asked = pool.query('SELECT 1')
  const given = pool.connect()
  t.true(pool.waits.oldestMs() > 0)
  await t.throwsAsync(Promise.all([asked, given]), { message: /timeout exceeded/ })
  await t.throwsAsync(given, { message: /timeout exceeded/ })
  t.is(waited.length, 3)
  t.true(pool.waits.takeLongestMs() >= 2_900)
  client.release()
  t.is((await pool.query('SELECT 1')).rowCount, 1)
  t.is(pool.waits.oldestMs(), 0)
  t.is(waited.length, 4)
})
