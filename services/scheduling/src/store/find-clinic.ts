import type pg from 'pg'

import type { Clinic } from '../domain/schedule.ts'

/**
 * The clinic, kept until the transaction ends: SHARE, so that its zone does not change under a row that is being
 * added; UPDATE for the one who brings the change.
 */
export async function findClinic(
  client: pg.ClientBase,
  id: string,
  lock: 'SHARE' | 'UPDATE',
): Promise<Clinic | undefined> {
  const { rows } = await client.query<Clinic>({
    name: `find-clinic-${lock}`,
    text: `SELECT id, active, zone FROM clinics WHERE id = $1 FOR ${lock}`,
    values: [id],
  })
  return rows[0]
}
