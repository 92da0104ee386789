import type pg from 'pg'

/** The appointment that was held for the entry last, or undefined when nothing was offered. */
export async function findLastOffer(pool: pg.Pool, entryId: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ appointment_id: string }>({
    name: 'find-last-offer',
    text: `SELECT appointment_id FROM waitlist_offer WHERE entry_id = $1 AND appointment_id IS NOT NULL
           ORDER BY offered_at DESC LIMIT 1`,
    values: [entryId],
  })
  return rows[0]?.appointment_id
}
