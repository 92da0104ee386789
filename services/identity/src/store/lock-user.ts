import type { User } from '../domain/users.ts'
import type { Queryable } from './queryable.ts'
import { USER_COLUMNS, userOf, type UserRow } from './user-row.ts'

/** One user, locked until the transaction ends, so that two changes follow one another. */
export async function lockUser(db: Queryable, id: string): Promise<User | undefined> {
  const { rows } = await db.query<UserRow>({
    name: 'lock-user',
    text: `SELECT ${USER_COLUMNS} FROM app_user WHERE id = $1 FOR UPDATE`,
    values: [id],
  })
  return rows[0] && userOf(rows[0])
}
