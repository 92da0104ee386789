import type { Tries } from '../domain/backoff.ts'
import type { Queryable } from './queryable.ts'

/** The tries under a key, locked until the transaction ends. The row is made first, so that there is one to lock. */
export async function lockTries(db: Queryable, key: Buffer): Promise<Tries | undefined> {
  const { rows } = await db.query<Tries>({
    name: 'lock-tries',
    text: `
      INSERT INTO login_attempt AS held (key, failures, last_at) VALUES ($1, 0, '-infinity')
      ON CONFLICT (key) DO UPDATE SET failures = held.failures
      RETURNING failures, CASE WHEN failures > 0 THEN last_at END AS "lastAt"`,
    values: [key],
  })
  const tries = rows[0]
  return tries === undefined || tries.failures === 0 ? undefined : tries
}
