import { foldEmail } from '../domain/email.ts'
import { orderRoles, type PersonRole } from '../domain/users.ts'
import type { Queryable } from './queryable.ts'

export interface NewUser {
  id: string
  email: string
  displayName: string
  roles: readonly PersonRole[]
  passwordHash: string
}

/** Adds a user and the password in one statement. False when the id or the folded e-mail is taken: nothing is written. */
export async function insertUser(db: Queryable, user: NewUser): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert-user',
    text: `
      WITH added AS (
        INSERT INTO app_user (id, email, email_folded, display_name, roles)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        RETURNING id)
      INSERT INTO credential (user_id, password_hash)
      SELECT id, $6 FROM added`,
    values: [
      user.id,
      user.email,
      foldEmail(user.email),
      user.displayName,
      orderRoles(user.roles),
      user.passwordHash,
    ],
  })
  return rowCount === 1
}
