import type { PersonRole } from '../domain/users.ts'
import { idHash } from './payload-id.ts'
import type { Queryable } from './queryable.ts'

export interface Standing {
  active: boolean
  /** The roles of now, which may be fewer than those in the token. */
  roles: PersonRole[]
  /** The log-in the token belongs to has not ended; true for a token that names none. */
  loggedIn: boolean
}

/** How a caller stands now, whatever the token says; undefined when there is no such user. */
export async function callerStanding(
  db: Queryable,
  userId: string,
  sessionId: string | undefined,
): Promise<Standing | undefined> {
  const { rows } = await db.query<Standing>({
    name: 'caller-standing',
    text: `
      SELECT active, roles,
             $2::bytea IS NULL
               OR EXISTS (SELECT FROM oidc_payload WHERE model = 'Grant' AND id_hash = $2) AS "loggedIn"
      FROM app_user WHERE id = $1`,
    values: [userId, sessionId === undefined ? null : idHash(sessionId)],
  })
  return rows[0]
}
