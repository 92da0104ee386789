import { setTimeout as delay } from 'node:timers/promises'

import type { JetStreamManager } from '@nats-io/jetstream'
import type pg from 'pg'

import { namesOf } from '@medqueue/contracts'

import { streamInfo } from './sources/read-stream.ts'

export interface SettleOptions {
  pool: pg.Pool
  jsm: JetStreamManager
  prefix: string
  /** Longest wait; milliseconds. */
  timeoutMs: number
}

const LOOK_EVERY_MS = 200

/** Waits until the queue is decided and the outbox is published, or the time is over; true when all is quiet. */
export async function settle(options: SettleOptions): Promise<boolean> {
  const deadline = Date.now() + options.timeoutMs
  for (;;) {
    if ((await outboxIsEmpty(options.pool)) && (await queueIsDecided(options))) return true
    if (Date.now() >= deadline) return false
    await delay(LOOK_EVERY_MS)
  }
}

async function outboxIsEmpty(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM outbox LIMIT 1')
  return rowCount === 0
}

/** True when the last message of each partition is at or below its committed sequence. */
async function queueIsDecided({ pool, jsm, prefix }: SettleOptions): Promise<boolean> {
  const stream = namesOf(prefix).streams.bookingRequests
  const { state, created } = await streamInfo(jsm, stream, { subjects_filter: '>' })
  if (state.messages === 0) return true
  const { rows } = await pool.query<{ partition: number; committed: number }>(
    `SELECT partition::int, committed_seq::float8 AS committed FROM partition_lease WHERE stream_created_at = $1`,
    [created],
  )
  const committed = new Map(rows.map((row) => [row.partition, row.committed]))
  for (const subject of Object.keys(state.subjects ?? {})) {
    const last = await jsm.streams.getMessage(stream, { last_by_subj: subject })
    const partition = Number(subject.split('.').at(-1))
    if (last !== null && last.seq > (committed.get(partition) ?? 0)) return false
  }
  return true
}
