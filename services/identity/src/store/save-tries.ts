import type { Tries } from '../domain/backoff.ts'
import type { Queryable } from './queryable.ts'

/** Writes the tries under a key that the transaction has locked. */
export async function saveTries(db: Queryable, key: Buffer, tries: Tries): Promise<void> {
  await db.query({
    name: 'save-tries',
    text: 'UPDATE login_attempt SET failures = $2, last_at = $3 WHERE key = $1',
    values: [key, tries.failures, tries.lastAt],
  })
}
