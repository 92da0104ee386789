import type pg from 'pg'

import type { Interval } from '../domain/slots.ts'

/** Why a doctor has no window, in words that everybody may read. */
export interface WindowNote extends Interval {
  /** Undefined: wherever the doctor works. */
  clinicId?: string
  reason: string
}

interface Row {
  doctor_id: string
  clinic_id: string | null
  starts: string
  ends: string
  reason: string
}

/** The notes of each doctor, of what is not long over; an answer for each. */
export async function listNotes(pool: pg.Pool, doctorIds: readonly string[]): Promise<WindowNote[][]> {
  const { rows } = await pool.query<Row>({
    name: 'list-notes',
    text: `SELECT doctor_id, clinic_id, extract(epoch FROM starts_at)::bigint AS starts,
             extract(epoch FROM ends_at)::bigint AS ends, reason
           FROM window_note WHERE doctor_id = ANY ($1) AND ends_at > now() - interval '1 day' ORDER BY starts_at`,
    values: [doctorIds],
  })
  const byDoctor = Map.groupBy(rows, (row) => row.doctor_id)
  return doctorIds.map((id) => (byDoctor.get(id) ?? []).map(noteOf))
}

function noteOf({ clinic_id: clinicId, starts, ends, reason }: Row): WindowNote {
  return {
    start: Number(starts),
    end: Number(ends),
    reason,
    ...(clinicId === null ? {} : { clinicId }),
  }
}
