import type pg from 'pg'

/** Which of the ids exist, and whether each is active; the rows are kept from vanishing until the transaction ends. */
export async function findReferences(
  client: pg.ClientBase,
  table: 'clinic' | 'specialty' | 'service_type',
  ids: readonly string[],
): Promise<Map<string, boolean>> {
  const { rows } = await client.query<{ id: string; active: boolean }>(
    `SELECT id, active FROM ${table} WHERE id = ANY ($1::uuid[]) ORDER BY id FOR KEY SHARE`,
    [ids],
  )
  return new Map(rows.map(({ id, active }) => [id, active]))
}
