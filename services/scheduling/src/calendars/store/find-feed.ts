import type pg from 'pg'

import { FEED_COLUMNS, type FeedRecord } from './records.ts'

/** The feed with this secret, or undefined. */
export async function findFeed(pool: pg.Pool, tokenHash: Buffer): Promise<FeedRecord | undefined> {
  const { rows } = await pool.query<FeedRecord>({
    name: 'find-calendar-feed',
    text: `SELECT ${FEED_COLUMNS} FROM calendar_feeds WHERE token_hash = $1`,
    values: [tokenHash],
  })
  return rows[0]
}
