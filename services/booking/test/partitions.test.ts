import test from 'ava'

import { acquireLeases, makePartitions } from '../src/store/acquire-leases.ts'
import { assertPartitions } from '../src/store/assert-partitions.ts'
import { createWorld } from './helpers/world.ts'

const lease = { owner: 'worker', ttlMs: 60_000, wanted: 8, held: [] }

test('a process with fewer partitions than the queue has does not begin, and says how many there are', async (t) => {
  const { pool } = await createWorld(t)
  const streamCreatedAt = '2026-11-20T08:00:00Z'
  await t.notThrowsAsync(assertPartitions(pool, { partitions: 4, streamCreatedAt }))
  await makePartitions(pool, 8)
  await acquireLeases(pool, { ...lease, partitions: 8, streamCreatedAt })

  await t.notThrowsAsync(assertPartitions(pool, { partitions: 8, streamCreatedAt }))
  await t.throwsAsync(assertPartitions(pool, { partitions: 4, streamCreatedAt }), {
    code: 'BOOKING_PARTITIONS_FEWER',
    message: /is 4, and the queue has 8/,
  })
})

test('a queue made anew may have fewer', async (t) => {
  const { pool } = await createWorld(t)
  await makePartitions(pool, 8)
  await acquireLeases(pool, { ...lease, partitions: 8, streamCreatedAt: '2026-11-20T08:00:00Z' })
  await t.notThrowsAsync(assertPartitions(pool, { partitions: 4, streamCreatedAt: '2026-11-21T08:00:00Z' }))
})
