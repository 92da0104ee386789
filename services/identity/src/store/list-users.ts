import type { PersonRole, User } from '../domain/users.ts'
import type { Queryable } from './queryable.ts'
import { USER_COLUMNS, userOf, type UserRow } from './user-row.ts'

export interface UserFilter {
  role?: PersonRole | undefined
  active?: boolean | undefined
  /** Id of the last user of the page before. */
  after?: string | undefined
  limit: number
}

/**
 * Users by e-mail address. The position is a user's id and not an address, because positions end up in logs; an
 * unknown id gives an empty page.
 */
export async function listUsers(db: Queryable, filter: UserFilter): Promise<User[]> {
  const { rows } = await db.query<UserRow>({
    name: 'list-users',
    text: `
      SELECT ${USER_COLUMNS} FROM app_user
      WHERE ($1::text IS NULL OR $1 = ANY (roles))
        AND ($2::boolean IS NULL OR active = $2)
        AND ($3::uuid IS NULL OR email_folded > (SELECT email_folded FROM app_user WHERE id = $3))
      ORDER BY email_folded
      LIMIT $4`,
    values: [filter.role ?? null, filter.active ?? null, filter.after ?? null, filter.limit],
  })
  return rows.map(userOf)
}
