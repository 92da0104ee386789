import type pg from 'pg'

import { FEED_COLUMNS, type FeedRecord } from './records.ts'

export interface NewSecret {
  id: string
  ownerId: string
  tokenHash: Buffer
  rotatedAt: Date
}

/** Gives a feed of the person a new secret, or undefined when there is no such feed. */
export async function rotateFeed(pool: pg.Pool, secret: NewSecret): Promise<FeedRecord | undefined> {
  const { rows } = await pool.query<FeedRecord>({
    name: 'rotate-calendar-feed',
    text: `UPDATE calendar_feeds SET token_hash = $3, rotated_at = $4 WHERE id = $1 AND owner_id = $2
           RETURNING ${FEED_COLUMNS}`,
    values: [secret.id, secret.ownerId, secret.tokenHash, secret.rotatedAt],
  })
  return rows[0]
}
