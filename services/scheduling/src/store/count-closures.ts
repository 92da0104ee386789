import type pg from 'pg'

/** How many closures there are. */
export async function countClosures(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>({
    name: 'count-closures',
    text: 'SELECT count(*)::int AS count FROM closures',
  })
  return rows[0]?.count ?? 0
}
