import type pg from 'pg'

import type { ChangeRequest, DoctorResult } from '../domain/bulk-change.ts'

export interface ChangeRecord {
  id: string
  requestedBy: string
  request: ChangeRequest
  createdAt: Date
  undoUntil: Date
  undoStartedAt: Date | null
  doctors: DoctorResult[]
}

/** A bulk change with what came of it for each doctor, in the order of the request. */
export async function findChange(pool: pg.Pool, id: string): Promise<ChangeRecord | undefined> {
  const { rows } = await pool.query<ChangeRecord>({
    name: 'find-change',
    text: `SELECT c.id, requested_by AS "requestedBy", request, created_at AS "createdAt",
             undo_until AS "undoUntil", undo_started_at AS "undoStartedAt",
             (SELECT json_agg(jsonb_build_object('doctorId', doctor_id) || '{"removed":[],"added":[]}' || coalesce(result, '{}')
                       || jsonb_build_object('outcome', outcome) ORDER BY place)
              FROM schedule_change_doctors WHERE change_id = c.id) AS doctors
           FROM schedule_changes c WHERE c.id = $1`,
    values: [id],
  })
  return rows[0]
}
