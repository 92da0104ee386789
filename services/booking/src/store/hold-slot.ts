import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'
import {
  checked,
  CHOSEN,
  DOCTOR_TAKEN,
  PATIENT_ELSEWHERE,
  VISIT_COLUMNS,
  VISIT_VALUES,
} from './deciding/checked.ts'
import { type AskedVisit, parametersOf } from './deciding/one-visit.ts'

/** Most slots a patient may hold at a time by asking for one after the other. */
export const MOST_HELD = 3

/** What a held row is made of, behind `chosen`; $17: seconds it lasts. It ends before the visit begins. */
export const HELD_COLUMNS = `${VISIT_COLUMNS}, status, action, requested, expires_at, room_id, device_id, session_id, seat`
export const HELD_VALUES = `${VISIT_VALUES}, 'held', 'hold', false, least(now() + make_interval(secs => $17), starts_at),
    room_id, device_id, session_id, seat`

/**
 * Inside of a transaction that has the patient's lock. $13 is unused by `checked` here; $18: most slots the patient may hold,
 * $19: asked for by a proxy.
 */
const HOLD_SLOT = `
${checked({ withoutNotice: 'false', asPatient: '$19::boolean' })}${CHOSEN}, made AS (
  INSERT INTO appointment (${HELD_COLUMNS})
  SELECT ${HELD_VALUES}
  FROM chosen WHERE reason IS NULL AND lack IS NULL AND $13::text IS NULL AND $18::int > (
    SELECT count(*) FROM appointment o WHERE o.patient_id = chosen.patient_id AND o.status = 'held' AND o.expires_at > now())
  ON CONFLICT DO NOTHING
  RETURNING ${APPOINTMENT_COLUMNS})
SELECT made.*, CASE WHEN made.id IS NULL THEN coalesce(c.reason, c.lack, CASE
    WHEN ${DOCTOR_TAKEN} THEN 'slot_taken'
    WHEN ${PATIENT_ELSEWHERE} THEN 'patient_overlap'
    WHEN $18 <= (SELECT count(*) FROM appointment o WHERE o.patient_id = c.patient_id AND o.status = 'held'
        AND o.expires_at > now())
      THEN 'too_many_held'
    ELSE 'again' END) END AS refusal
FROM chosen c LEFT JOIN made ON true`

/** The held row, or why there is none; `again`: what was chosen for it was taken in that very moment. */
export async function holdSlot(
  client: pg.ClientBase,
  visit: AskedVisit,
  seconds: number,
  most = MOST_HELD,
): Promise<AppointmentRow | { refusal: string }> {
  const { rows } = await client.query<AppointmentRow & { refusal: string | null }>({
    name: 'hold-slot',
    text: HOLD_SLOT,
    values: [...parametersOf(visit), seconds, most, visit.byProxy === true],
  })
  if (rows[0] === undefined) throw new Error('a statement that holds returned no row')
  const { refusal, ...row } = rows[0]
  return refusal === null ? row : { refusal }
}
