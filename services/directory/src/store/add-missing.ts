import type pg from 'pg'

/** Runs a statement that adds the rows that are missing, given as one JSON array, and returns the ids it added. */
export async function addMissing(
  client: pg.ClientBase,
  statement: string,
  rows: readonly object[],
): Promise<string[]> {
  const added = await client.query<{ id: string }>(statement, [JSON.stringify(rows)])
  return added.rows.map(({ id }) => id)
}
