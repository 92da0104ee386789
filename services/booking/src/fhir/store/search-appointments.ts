import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from '../../store/appointments.ts'

/** Undefined: any. An empty list: none. */
export interface AppointmentFilter {
  /** Only those this person takes part in. */
  personId?: string | undefined
  /** Or those this person takes part in, and of the patients they act for; each with whether they see what people write. */
  acting?: { id: string; notes: ReadonlyMap<string, boolean> } | undefined
  ids?: readonly string[] | undefined
  patientIds?: readonly string[] | undefined
  doctorIds?: readonly string[] | undefined
  clinicIds?: readonly string[] | undefined
  serviceIds?: readonly string[] | undefined
  statuses?: readonly string[] | undefined
  /** Unix seconds; starts in [from, to). */
  from?: number | undefined
  to?: number | undefined
}

export interface AppointmentPage {
  /** Behind this start and id. */
  after?: { start: number; id: string } | undefined
  limit: number
}

/** The condition of each filter; only those asked for are in the statement, so that each has a plan that fits. */
const CONDITIONS: readonly { of: keyof AppointmentFilter; sql: (parameter: string) => string }[] = [
  { of: 'personId', sql: (id) => `(patient_id = ${id}::uuid OR doctor_id = ${id}::uuid)` },
  {
    of: 'acting',
    sql: (list) => `(patient_id = ANY (${list}::uuid[]) OR doctor_id = (${list}::uuid[])[1])`,
  },
  { of: 'ids', sql: (list) => `id = ANY (${list}::uuid[])` },
  { of: 'patientIds', sql: (list) => `patient_id = ANY (${list}::uuid[])` },
  { of: 'doctorIds', sql: (list) => `doctor_id = ANY (${list}::uuid[])` },
  { of: 'clinicIds', sql: (list) => `clinic_id = ANY (${list}::uuid[])` },
  { of: 'serviceIds', sql: (list) => `service_id = ANY (${list}::uuid[])` },
  { of: 'statuses', sql: (list) => `status = ANY (${list}::text[])` },
  { of: 'from', sql: (seconds) => `lower(visit) >= to_timestamp(${seconds})` },
  { of: 'to', sql: (seconds) => `lower(visit) < to_timestamp(${seconds})` },
]

/** A page of the appointments that match, by start and id, and how many match in all. */
export async function searchAppointments(
  pool: pg.Pool,
  filter: AppointmentFilter,
  { after, limit }: AppointmentPage,
): Promise<{ rows: AppointmentRow[]; total: number }> {
  const asked = CONDITIONS.filter(({ of }) => filter[of] !== undefined)
  const conditions = ['true', ...asked.map(({ sql }, index) => sql(`$${index + 1}`))].join(' AND ')
  const { acting } = filter
  const values = asked.map(({ of }) =>
    of === 'acting' && acting !== undefined ? [acting.id, ...acting.notes.keys()] : filter[of],
  )
  const [next, start, id] = [1, 2, 3].map((offset) => `$${values.length + offset}`)
  const [page, count] = await Promise.all([
    pool.query<AppointmentRow>(
      `SELECT ${APPOINTMENT_COLUMNS} FROM appointment
       WHERE ${conditions} AND (${start}::float8 IS NULL OR (lower(visit), id) > (to_timestamp(${start}), ${id}::uuid))
       ORDER BY lower(visit), id LIMIT ${next}`,
      [...values, limit, after?.start, after?.id],
    ),
    pool.query<{ total: string }>(`SELECT count(*) AS total FROM appointment WHERE ${conditions}`, values),
  ])
  return { rows: page.rows, total: Number(count.rows[0]?.total ?? 0) }
}
