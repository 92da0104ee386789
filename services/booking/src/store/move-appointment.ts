import type { ActorPart } from '@medqueue/contracts'
import type pg from 'pg'

import { appointmentColumns, type AppointmentRow } from './appointments.ts'
import { checked, CHOSEN, DOCTOR_TAKEN, PATIENT_ELSEWHERE } from './deciding/checked.ts'
import { type AskedVisit, parametersOf } from './deciding/one-visit.ts'

/**
 * Moves a row that is locked: every rule is asked again, and the constraints of the new time hold against everybody else
 * in the one UPDATE, so that there is no moment with two slots or none. Where a doctor approves, that doctor approves again
 * what a patient or another doctor has moved; what the doctor or staff moves needs none.
 */
const STATUS = `CASE WHEN c.approval = 'automatic' THEN 'booked'
      WHEN $17 = 'staff' OR ($17 = 'doctor' AND c.doctor_id = a.doctor_id) THEN a.status ELSE 'pending' END`

/** $17: in which part the mover acts, $18: whether it is later than the service allows patients to cancel. */
const MOVE = `
${checked({ withoutNotice: 'false', asPatient: "$17 = 'patient'" })}${CHOSEN}, moved AS (
  UPDATE appointment a SET doctor_id = c.doctor_id, service_id = c.service_id, clinic_id = c.clinic_id,
    visit = c.visit, blocked = c.blocked, room_id = c.room_id, device_id = c.device_id, session_id = c.session_id,
    seat = c.seat, overbooked = c.over_others, overbook_reason = c.overbook,
    status = ${STATUS}, expires_at = CASE ${STATUS} WHEN 'pending' THEN least(now() + c.approval_timeout, c.starts_at) END,
    late = a.late OR $18, action = 'move', actor_id = c.principal_id, actor_part = $17, version = a.version + 1, updated_at = now()
  FROM chosen c
  WHERE a.id = c.own_id AND c.reason IS NULL AND c.lack IS NULL AND $13::text IS NULL AND NOT (${DOCTOR_TAKEN})
    AND NOT ${PATIENT_ELSEWHERE}
  RETURNING ${appointmentColumns('a.')})
SELECT moved.*, CASE WHEN moved.id IS NULL THEN coalesce(c.reason, c.lack,
    CASE WHEN ${DOCTOR_TAKEN} THEN 'slot_taken' ELSE 'patient_overlap' END) END AS refusal
FROM chosen c LEFT JOIN moved ON true`

/**
 * The moved row, or why it stays. Throws PostgreSQL's 23P01 when somebody else takes the time in that very moment: then
 * nothing is changed, and asking again tells by whom it is taken.
 */
export async function moveAppointment(
  client: pg.ClientBase,
  visit: AskedVisit,
  mover: { part: ActorPart; late: boolean },
): Promise<AppointmentRow | { refusal: string }> {
  const { rows } = await client.query<AppointmentRow & { refusal: string | null }>({
    name: 'move-appointment',
    text: MOVE,
    values: [...parametersOf(visit), mover.part, mover.late],
  })
  if (rows[0] === undefined) throw new Error('a statement that moves returned no row')
  const { refusal, ...row } = rows[0]
  return refusal === null ? row : { refusal }
}
