import type { User } from '../domain/users.ts'
import type { Queryable } from './queryable.ts'
import { USER_COLUMNS, userOf, type UserRow } from './user-row.ts'

/** One user by id. */
export async function findUser(db: Queryable, id: string): Promise<User | undefined> {
  const { rows } = await db.query<UserRow>({
    name: 'find-user',
    text: `SELECT ${USER_COLUMNS} FROM app_user WHERE id = $1`,
    values: [id],
  })
  return rows[0] && userOf(rows[0])
}
