import type { Queryable } from './queryable.ts'

/**
 * Ids of the active admins, locked until the transaction ends: two admins who step down at once follow one another,
 * and the second finds that nobody would be left. Ordered, so that the locks are taken in one order.
 */
export async function lockAdmins(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'lock-admins',
    text: `SELECT id FROM app_user WHERE active AND 'admin' = ANY (roles) ORDER BY id FOR UPDATE`,
  })
  return rows.map(({ id }) => id)
}
