import type pg from 'pg'

export interface GroupRow {
  id: string
  fingerprint: string
  /** In the order the patients were named in. */
  appointment_ids: string[]
}

/** One group, or undefined. */
export async function findGroup(client: pg.ClientBase | pg.Pool, id: string): Promise<GroupRow | undefined> {
  const { rows } = await client.query<GroupRow>({
    name: 'find-group',
    text: 'SELECT id, fingerprint, appointment_ids FROM visit_group WHERE id = $1',
    values: [id],
  })
  return rows[0]
}

/** Writes a group; false when it is there. */
export async function insertGroup(client: pg.ClientBase, row: GroupRow): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-group',
    text: `INSERT INTO visit_group (id, fingerprint, appointment_ids) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    values: [row.id, row.fingerprint, row.appointment_ids],
  })
  return rowCount === 1
}

/** Groups that want the same start come one after the other: each takes its seats as a whole. */
export async function lockSeats(client: pg.ClientBase, start: string): Promise<void> {
  await client.query({
    name: 'lock-seats',
    text: `SELECT pg_advisory_xact_lock(hashtextextended($1 || ':seats', 0))`,
    values: [start],
  })
}
