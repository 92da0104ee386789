import type { Queryable } from './queryable.ts'

/** Lets one rotation run at a time; others wait, then see its key. Reading and signing go on. */
export async function lockSigningKeys(db: Queryable): Promise<void> {
  await db.query('LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE')
}
