import type { Queryable } from './queryable.ts'

/** Takes one try back under each key. */
export async function reduceTries(db: Queryable, keys: readonly Buffer[]): Promise<void> {
  await db.query({
    name: 'reduce-tries',
    text: 'UPDATE login_attempt SET failures = greatest(failures - 1, 0) WHERE key = ANY ($1)',
    values: [keys],
  })
}
