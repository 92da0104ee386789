import type pg from 'pg'

/** Makes those who count what one person or doctor has come one after the other, until the transaction ends. */
export async function lockOwner(client: pg.ClientBase, ownerId: string): Promise<void> {
  await client.query({
    name: 'lock-calendar-owner',
    text: `SELECT pg_advisory_xact_lock(hashtextextended('calendars ' || $1, 0))`,
    values: [ownerId],
  })
}
