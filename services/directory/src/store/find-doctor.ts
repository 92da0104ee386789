import type pg from 'pg'

import type { DoctorRecord } from '../schemas/doctor.ts'
import { DOCTOR_JOINS, DOCTOR_SELECTION } from './doctor-selection.ts'

/** The doctor with this id, active or not, with the phone number whether public or not. */
export async function findDoctor(
  client: pg.Pool | pg.ClientBase,
  id: string,
): Promise<DoctorRecord | undefined> {
  const { rows } = await client.query<DoctorRecord>(
    `SELECT ${DOCTOR_SELECTION} FROM doctor d ${DOCTOR_JOINS} WHERE d.id = $1`,
    [id],
  )
  return rows[0]
}
