import type { Queryable } from './queryable.ts'

/** Forgets log-in tries older than the instant. */
export async function purgeTries(db: Queryable, before: Date): Promise<void> {
  await db.query({
    name: 'purge-tries',
    text: 'DELETE FROM login_attempt WHERE last_at < $1',
    values: [before],
  })
}
