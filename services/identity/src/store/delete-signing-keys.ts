import type { Queryable } from './queryable.ts'

export async function deleteSigningKeys(db: Queryable, kids: readonly string[]): Promise<void> {
  await db.query({
    name: 'delete-signing-keys',
    text: 'DELETE FROM signing_key WHERE kid = ANY ($1)',
    values: [kids],
  })
}
