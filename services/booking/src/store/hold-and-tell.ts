import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'
import { checked, CHOSEN, DOCTOR_TAKEN, PATIENT_ELSEWHERE } from './deciding/checked.ts'
import { type AskedVisit, parametersOf } from './deciding/one-visit.ts'
import { HELD_COLUMNS, HELD_VALUES, MOST_HELD } from './hold-slot.ts'

/** What the event that tells of a hold says beside what the row says. */
export interface HoldTelling {
  eventId: string
  /** RFC 3339. */
  occurredAt: string
  /** W3C trace context. */
  traceparent: string
}

const OWN_HOLD = `
  SELECT ${APPOINTMENT_COLUMNS} FROM appointment
  WHERE patient_id = $4[1] AND status = 'held' AND doctor_id = $5[1] AND service_id = $6[1]
    AND lower(visit) = to_timestamp($7[1]) AND expires_at > now()`

const instant = (seconds: string) =>
  `to_char(to_timestamp(${seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

/** As `eventOf` of api/tell.ts makes it of a row. */
const EVENT = `'{"id":"' || $19::uuid || '","type":"appointment.held","source":"booking","subject":"' || id
    || '","version":' || version || ',"occurredAt":"' || $13::text || '","traceparent":"' || $20::text
    || '","data":{"appointmentId":"' || id || '","doctorId":"' || doctor_id || '","patientId":"' || patient_id
    || '","serviceId":"' || service_id || '","clinicId":"' || clinic_id
    || '","start":"' || ${instant('starts')} || '","end":"' || ${instant('ends')}
    || '","status":"held","reason":null,"by":"' || actor_part || '"'
    || CASE WHEN actor_part = 'patient' AND actor_id <> patient_id THEN ',"byProxy":true' ELSE '' END
    || coalesce(',"sessionId":"' || session_id || '"', '') || coalesce(',"roomId":"' || room_id || '"', '')
    || coalesce(',"deviceId":"' || device_id || '"', '') || '}}'`

/**
 * $13: instant of the event; $17: seconds the hold lasts, $18: most slots the patient may hold, $19: id of the event, $20: its
 * trace, $21: asked for by a proxy. Limits are counted by a function, which waits for whoever else counts for this patient and sees what came of it.
 */
const HOLD_AND_TELL = `
${checked({ withoutNotice: 'false', asPatient: '$21::boolean' })}${CHOSEN}, known AS MATERIALIZED (${OWN_HOLD}
), counted AS MATERIALIZED (
  SELECT n.held >= $18::int AS too_many_held,
    c.max_open IS NOT NULL AND n.open >= c.max_open AS too_many_open
  FROM chosen c
  CROSS JOIN LATERAL count_for_hold(c.patient_id, c.doctor_id, c.service_id, c.starts_at, c.max_open IS NOT NULL) n
  WHERE c.reason IS NULL AND c.lack IS NULL AND NOT EXISTS (SELECT FROM known)
), made AS (
  INSERT INTO appointment (${HELD_COLUMNS})
  SELECT ${HELD_VALUES} FROM chosen CROSS JOIN counted n WHERE NOT n.too_many_held AND NOT n.too_many_open
  ON CONFLICT DO NOTHING
  RETURNING ${APPOINTMENT_COLUMNS}
), told AS (
  INSERT INTO outbox (event_id, subject, event)
  SELECT $19::uuid, 'appointment.held.' || doctor_id || '.' || patient_id, ${EVENT} FROM made
  RETURNING pg_notify('outbox', ''))
SELECT r.*, CASE WHEN r.id IS NULL THEN coalesce(c.reason, c.lack, CASE
    WHEN n.too_many_open THEN 'too_many_open'
    WHEN ${DOCTOR_TAKEN} THEN 'slot_taken'
    WHEN ${PATIENT_ELSEWHERE} THEN 'patient_overlap'
    WHEN n.too_many_held THEN 'too_many_held'
    ELSE 'again' END) END AS refusal
FROM chosen c LEFT JOIN counted n ON true LEFT JOIN (SELECT * FROM known UNION ALL SELECT * FROM made) r ON true`

/**
 * Holds a slot and tells of it, in one statement: no connection is held from one turn of the event loop to the next. The
 * patient's hold on this very slot, when there is one; else the held row, or why there is none. `again`: it met somebody
 * whom it could not see yet.
 */
export async function holdAndTell(
  db: Pick<pg.ClientBase, 'query'>,
  visit: AskedVisit,
  seconds: number,
  { eventId, occurredAt, traceparent }: HoldTelling,
): Promise<AppointmentRow | { refusal: string }> {
  const values = parametersOf(visit)
  values[12] = occurredAt
  const { rows } = await db.query<AppointmentRow & { refusal: string | null }>({
    name: 'hold-and-tell',
    text: HOLD_AND_TELL,
    values: [...values, seconds, MOST_HELD, eventId, traceparent, visit.byProxy === true],
  })
  if (rows[0] === undefined) throw new Error('a statement that holds returned no row')
  const { refusal, ...row } = rows[0]
  return refusal === null ? row : { refusal }
}
