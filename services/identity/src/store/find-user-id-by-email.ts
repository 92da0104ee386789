import { foldEmail } from '../domain/email.ts'
import type { Queryable } from './queryable.ts'

/** Id of the account an e-mail address belongs to, active or not. */
export async function findUserIdByEmail(db: Queryable, email: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    name: 'find-user-id-by-email',
    text: 'SELECT id FROM app_user WHERE email_folded = $1',
    values: [foldEmail(email)],
  })
  return rows[0]?.id
}
