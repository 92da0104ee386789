import type pg from 'pg'

/** What a fetch without trouble leaves; null validators are forgotten. */
export interface FetchedMark {
  id: string
  at: Date
  etag: string | null
  lastModified: string | null
  /** Of the text, and undefined when the busy times were not worked out anew. */
  contentHash?: Buffer
}

/** False when the subscription is gone. */
export async function markFetched(client: pg.ClientBase | pg.Pool, mark: FetchedMark): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'mark-calendar-fetched',
    text: `UPDATE calendar_subscriptions SET fetched_at = $2, etag = $3, last_modified = $4, last_error = NULL,
             failures = 0, content_hash = coalesce($5, content_hash),
             read_at = CASE WHEN $5::bytea IS NULL THEN read_at ELSE $2 END
           WHERE id = $1`,
    values: [mark.id, mark.at, mark.etag, mark.lastModified, mark.contentHash ?? null],
  })
  return rowCount === 1
}
