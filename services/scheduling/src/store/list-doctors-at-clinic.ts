import type pg from 'pg'

/** Doctors with a rota row or an exception at the clinic, in the order in which schedules are locked. */
export async function listDoctorsAtClinic(client: pg.ClientBase, clinicId: string): Promise<string[]> {
  const { rows } = await client.query<{ doctorId: string }>({
    name: 'list-doctors-at-clinic',
    text: `SELECT doctor_id AS "doctorId" FROM rotas WHERE clinic_id = $1
           UNION SELECT doctor_id FROM rota_exceptions WHERE clinic_id = $1 ORDER BY 1`,
    values: [clinicId],
  })
  return rows.map(({ doctorId }) => doctorId)
}
