import type pg from 'pg'

import { FEED_COLUMNS, type FeedRecord } from './records.ts'

/** The feeds of a person, oldest first. */
export async function listFeeds(pool: pg.Pool, ownerId: string): Promise<FeedRecord[]> {
  const { rows } = await pool.query<FeedRecord>({
    name: 'list-calendar-feeds',
    text: `SELECT ${FEED_COLUMNS} FROM calendar_feeds WHERE owner_id = $1 ORDER BY created_at, id`,
    values: [ownerId],
  })
  return rows
}
