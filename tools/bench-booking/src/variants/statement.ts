/**
 * (b′) One transaction per request in one round trip: this product's statement with a batch of one. Few would write it,
 * but it shows how much of (b) is round trips.
 */
import { randomUUID } from 'node:crypto'

import {
  type BatchEntry,
  columnsOf,
  decideBatch,
  decodeOutcome,
  encodeBatch,
  type RequestBatch,
} from '@medqueue/booking/internal'

import { runVariant } from './service.ts'

await runVariant(
  (pool) => async (request) => {
    const batch = JSON.parse(encodeBatch(randomUUID(), 0, [request])) as RequestBatch
    const entry: BatchEntry = { partition: 0, seq: 0, storedAt: 0, batch }
    const client = await pool.connect()
    try {
      const { outcomes } = await decideBatch(client, columnsOf([entry]), new Date().toISOString())
      return decodeOutcome(outcomes)
    } finally {
      client.release()
    }
  },
  Number(process.env.BENCH_POOL ?? 20),
)
