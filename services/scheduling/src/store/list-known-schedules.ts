import type pg from 'pg'

/** Which of the doctors have ever had a schedule. */
export async function listKnownSchedules(
  client: pg.ClientBase,
  doctorIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ doctorId: string }>({
    name: 'list-known-schedules',
    text: 'SELECT doctor_id AS "doctorId" FROM schedules WHERE doctor_id = ANY($1::uuid[])',
    values: [doctorIds],
  })
  return new Set(rows.map(({ doctorId }) => doctorId))
}
