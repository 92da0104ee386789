import type pg from 'pg'

export interface Names {
  doctors: ReadonlyMap<string, string>
  services: ReadonlyMap<string, string>
  resources: ReadonlyMap<string, string>
}

/** What the doctors, services, rooms and devices of some visits are called. */
export async function listNames(
  pool: pg.Pool,
  ids: { doctors: Iterable<string>; services: Iterable<string>; resources: Iterable<string> },
): Promise<Names> {
  const { rows } = await pool.query<{ kind: string; id: string; name: string }>({
    name: 'list-names',
    text: `SELECT 'doctors' AS kind, id, name FROM doctor WHERE id = ANY ($1::uuid[])
           UNION ALL SELECT 'services', id, name FROM service_type WHERE id = ANY ($2::uuid[])
           UNION ALL SELECT 'resources', id, name FROM bookable_resource WHERE id = ANY ($3::uuid[])`,
    values: [[...ids.doctors], [...ids.services], [...ids.resources]],
  })
  const of = (kind: string) =>
    new Map(rows.filter((row) => row.kind === kind).map(({ id, name }) => [id, name]))
  return { doctors: of('doctors'), services: of('services'), resources: of('resources') }
}
