import type { Queryable } from './queryable.ts'

/** Deletes an account's sessions, grants and all that was made under them. */
export async function deleteAccountPayloads(db: Queryable, accountId: string): Promise<void> {
  await db.query({
    name: 'delete-account-payloads',
    text: 'DELETE FROM oidc_payload WHERE account_id = $1',
    values: [accountId],
  })
}
