import type pg from 'pg'

import { FEED_COLUMNS, type FeedRecord } from './records.ts'

export interface NewFeed {
  id: string
  ownerId: string
  part: FeedRecord['part']
  places: boolean
  tokenHash: Buffer
  createdAt: Date
  /** Most feeds one person may have. */
  most: number
}

/** The new feed, or undefined when the person has as many as may be. The caller holds the person's feeds. */
export async function insertFeed(client: pg.ClientBase, feed: NewFeed): Promise<FeedRecord | undefined> {
  const { id, ownerId, part, places, tokenHash, createdAt, most } = feed
  const { rows } = await client.query<FeedRecord>({
    name: 'insert-calendar-feed',
    text: `INSERT INTO calendar_feeds (id, owner_id, part, places, token_hash, created_at, rotated_at)
           SELECT $1, $2, $3, $4, $5, $6, $6
           WHERE (SELECT count(*) FROM calendar_feeds WHERE owner_id = $2) < $7
           RETURNING ${FEED_COLUMNS}`,
    values: [id, ownerId, part, places, tokenHash, createdAt, most],
  })
  return rows[0]
}
