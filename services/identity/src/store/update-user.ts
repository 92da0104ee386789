import type { User } from '../domain/users.ts'
import type { Queryable } from './queryable.ts'

/** Writes what may change of a user that the transaction has locked. */
export async function updateUser(db: Queryable, user: User): Promise<void> {
  await db.query({
    name: 'update-user',
    text: `
      UPDATE app_user
      SET display_name = $2, roles = $3, active = $4, version = $5, updated_at = $6
      WHERE id = $1`,
    values: [user.id, user.displayName, user.roles, user.active, user.version, user.updatedAt],
  })
}
