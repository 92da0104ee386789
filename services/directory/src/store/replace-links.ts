import type pg from 'pg'

/** Sets the clinics, in order, in which doctors work; or the services they offer. */
export async function replaceLinks(
  client: pg.ClientBase,
  table: 'doctor_clinic' | 'doctor_service',
  doctorId: string,
  ids: readonly string[],
): Promise<void> {
  const other = table === 'doctor_clinic' ? 'clinic_id' : 'service_id'
  await client.query(
    `WITH wanted AS (SELECT * FROM unnest($2::uuid[]) WITH ORDINALITY AS w (other_id, position)),
     gone AS (DELETE FROM ${table} WHERE doctor_id = $1 AND ${other} <> ALL ($2::uuid[]))
     INSERT INTO ${table} (doctor_id, ${other}, position) SELECT $1, other_id, position FROM wanted
     ON CONFLICT (doctor_id, ${other}) DO UPDATE SET position = excluded.position`,
    [doctorId, ids],
  )
}
