import type { Queryable } from './queryable.ts'

export async function forgetTries(db: Queryable, key: Buffer): Promise<void> {
  await db.query({ name: 'forget-tries', text: 'DELETE FROM login_attempt WHERE key = $1', values: [key] })
}
