import type { Queryable } from './queryable.ts'

export interface Credential {
  userId: string
  passwordHash: string
}

/** The password hash of the active account with this folded e-mail. */
export async function findCredential(db: Queryable, emailFolded: string): Promise<Credential | undefined> {
  const { rows } = await db.query<Credential>({
    name: 'find-credential',
    text: `
      SELECT user_id AS "userId", password_hash AS "passwordHash"
      FROM credential JOIN app_user ON app_user.id = credential.user_id
      WHERE email_folded = $1 AND active`,
    values: [emailFolded],
  })
  return rows[0]
}
