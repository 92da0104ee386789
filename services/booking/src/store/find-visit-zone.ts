import type pg from 'pg'

/** The zone of the clinic where a doctor works at an instant (Unix seconds), else of the doctor's first; or undefined. */
export async function findVisitZone(
  pool: pg.Pool,
  doctorId: string,
  startSeconds: number,
): Promise<string | undefined> {
  const { rows } = await pool.query<{ zone: string }>({
    name: 'find-visit-zone',
    text: `SELECT c.zone FROM doctor d JOIN clinic c ON c.id = coalesce((
             SELECT w.clinic_id FROM doctor_window w
             WHERE w.doctor_id = d.id AND w.starts_at <= to_timestamp($2) AND w.ends_at > to_timestamp($2)
             ORDER BY w.starts_at DESC LIMIT 1), d.clinic_ids[1])
           WHERE d.id = $1`,
    values: [doctorId, startSeconds],
  })
  return rows[0]?.zone
}
