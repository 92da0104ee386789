/**
 * (c) Batched in the api process, without a queue: what is decided together is what has arrived while the last batch
 * was being written. Fast, but a restart loses what waits, and two replicas have no common order.
 */
import { withTransaction } from '@medqueue/database'
import {
  type BatchEntry,
  columnsOf,
  decideBatch,
  decodeOutcome,
  encodeBatch,
  type Outcome,
  type QueuedRequest,
  type RequestBatch,
} from '@medqueue/booking/internal'
import type { Pool } from 'pg'

import { runVariant } from './service.ts'

const BATCH_MAX = 1_000

interface Waiting {
  request: QueuedRequest
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

function batcher(pool: Pool): (request: QueuedRequest) => Promise<Outcome> {
  const waiting: Waiting[] = []
  let running = 0
  const drain = async () => {
    running += 1
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_MAX)
      try {
        const outcomes = await write(
          pool,
          batch.map(({ request }) => request),
        )
        for (const [index, { resolve }] of batch.entries()) resolve(decodeOutcome(outcomes[index] ?? ''))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running -= 1
  }
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject })
      if (running < Number(process.env.BENCH_LANES ?? 1)) void drain()
    })
}

async function write(pool: Pool, requests: QueuedRequest[]): Promise<string[]> {
  const batch = JSON.parse(encodeBatch('', 0, requests)) as RequestBatch
  const entry: BatchEntry = { partition: 0, seq: 0, storedAt: 0, batch }
  return withTransaction(pool, async (client) => {
    const { outcomes } = await decideBatch(client, columnsOf([entry]), new Date().toISOString())
    return outcomes.split(';')
  })
}

await runVariant(batcher, 4)
