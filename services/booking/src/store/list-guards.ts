import type pg from 'pg'

/** The constraints that forbid a double booking, and the index that forbids two on one seat, and what each must say. */
export const GUARDS = {
  appointment_doctor_free:
    'EXCLUDE USING gist (doctor_id WITH =, blocked WITH &&, COALESCE(session_id, id) WITH <>) WHERE ((active AND (NOT overbooked)))',
  appointment_patient_free: 'EXCLUDE USING gist (patient_id WITH =, visit WITH &&) WHERE (active)',
  appointment_room_free:
    'EXCLUDE USING gist (room_id WITH =, blocked WITH &&, COALESCE(session_id, id) WITH <>) WHERE ((active AND (room_id IS NOT NULL)))',
  appointment_device_free:
    'EXCLUDE USING gist (device_id WITH =, blocked WITH &&, COALESCE(session_id, id) WITH <>) WHERE ((active AND (device_id IS NOT NULL)))',
  appointment_seat_free: 'UNIQUE (session_id, seat) WHERE (active AND (session_id IS NOT NULL))',
} as const
export type Guard = keyof typeof GUARDS

/** A constraint whose index is not valid, or that passes over some of the rows, guards nothing. */
const LIST_GUARDS = `
SELECT c.conname AS name, pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint c JOIN pg_index i ON i.indexrelid = c.conindid
WHERE c.conrelid = 'appointment'::regclass AND c.contype = 'x' AND c.convalidated
  AND i.indisvalid AND i.indisready AND i.indislive
UNION ALL
SELECT r.relname, CASE WHEN i.indisunique THEN 'UNIQUE ' END
  || regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', '')
FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
WHERE i.indrelid = 'appointment'::regclass AND r.relname = 'appointment_seat_free'
  AND i.indisvalid AND i.indisready AND i.indislive`

/** Which of the guards are in force now. Catalogues only: no row of ours is read. */
export async function listGuards(pool: pg.Pool): Promise<Record<Guard, boolean>> {
  const { rows } = await pool.query<{ name: string; definition: string }>(LIST_GUARDS)
  const known = new Map(rows.map(({ name, definition }) => [name, definition]))
  const inForce = (name: Guard) => known.get(name) === GUARDS[name]
  return {
    appointment_doctor_free: inForce('appointment_doctor_free'),
    appointment_patient_free: inForce('appointment_patient_free'),
    appointment_room_free: inForce('appointment_room_free'),
    appointment_device_free: inForce('appointment_device_free'),
    appointment_seat_free: inForce('appointment_seat_free'),
  }
}
