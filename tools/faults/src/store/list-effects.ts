import type pg from 'pg'

/** How many appointments carry each key, for those requests that had it as their message. */
export async function listEffects(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ key: string; count: number }>(
    'SELECT message AS key, count(*)::int AS count FROM appointment WHERE message IS NOT NULL GROUP BY message',
  )
  return new Map(rows.map(({ key, count }) => [key, count]))
}
