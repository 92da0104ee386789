import type pg from 'pg'

import type { TicketState } from '../queue-tickets/states.ts'

/** A ticket. Instants are Unix seconds, as text. */
export interface TicketRow {
  id: string
  clinic_id: string
  day: string
  label: string
  patient_id: string | null
  appointment_id: string | null
  doctor_id: string | null
  service_id: string | null
  state: TicketState
  turn: string
  place: string | null
  version: number
}

const COLUMNS = `id, clinic_id, day::text, label, patient_id, appointment_id, doctor_id, service_id, state,
  extract(epoch FROM turn_at)::bigint AS turn, place, version`

/** The next number of a clinic's day. */
export async function nextNumber(client: pg.ClientBase, clinicId: string, day: string): Promise<number> {
  const { rows } = await client.query<{ last: number }>({
    name: 'ticket-number',
    text: `INSERT INTO ticket_counter AS c (clinic_id, day, last) VALUES ($1, $2, 1)
           ON CONFLICT (clinic_id, day) DO UPDATE SET last = c.last + 1 RETURNING last`,
    values: [clinicId, day],
  })
  return rows[0]?.last ?? 1
}

export type NewTicket = Pick<
  TicketRow,
  'id' | 'clinic_id' | 'day' | 'label' | 'patient_id' | 'appointment_id' | 'doctor_id' | 'service_id'
> & { turn: number }

/** Writes a ticket; undefined when the appointment has one. */
export async function insertTicket(client: pg.ClientBase, ticket: NewTicket): Promise<TicketRow | undefined> {
  const { rows } = await client.query<TicketRow>({
    name: 'ticket-insert',
    text: `INSERT INTO ticket (id, clinic_id, day, label, patient_id, appointment_id, doctor_id, service_id, turn_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9)) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    values: [
      ...[ticket.id, ticket.clinic_id, ticket.day, ticket.label, ticket.patient_id],
      ...[ticket.appointment_id, ticket.doctor_id, ticket.service_id, ticket.turn],
    ],
  })
  return rows[0]
}

/** A ticket by its id or by its appointment's, or undefined; `lock`: until the transaction ends. */
export async function findTicket(
  client: pg.ClientBase | pg.Pool,
  by: { id: string } | { appointmentId: string },
  lock = false,
): Promise<TicketRow | undefined> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['appointment_id', by.appointmentId]
  const { rows } = await client.query<TicketRow>({
    name: `ticket-find-${column}${lock ? '-lock' : ''}`,
    text: `SELECT ${COLUMNS} FROM ticket WHERE ${column} = $1 ${lock ? 'FOR UPDATE' : ''}`,
    values: [value],
  })
  return rows[0]
}

/** The tickets of a clinic's day in the order of the line; over are left out unless `all`. */
export async function listTickets(
  pool: pg.Pool,
  { clinicId, day, all }: { clinicId: string; day: string; all: boolean },
): Promise<TicketRow[]> {
  const { rows } = await pool.query<TicketRow>({
    name: 'ticket-list',
    text: `SELECT ${COLUMNS} FROM ticket WHERE clinic_id = $1 AND day = $2
             AND ($3 OR state IN ('waiting', 'called', 'serving', 'missed'))
           ORDER BY turn_at, id LIMIT 2000`,
    values: [clinicId, day, all],
  })
  return rows
}

/**
 * Calls the first who waits for that doctor, or for any; undefined when nobody does. Two who call at once get two: the
 * second does not wait for the first.
 */
export async function callNext(
  client: pg.ClientBase,
  call: { clinicId: string; day: string; doctorId: string | undefined; place: string | undefined },
): Promise<TicketRow | undefined> {
  const { rows } = await client.query<TicketRow>({
    name: 'ticket-call-next',
    text: `WITH next AS (
             SELECT id AS next_id FROM ticket WHERE clinic_id = $1 AND day = $2 AND state = 'waiting'
               AND ($3::uuid IS NULL OR coalesce(doctor_id, $3) = $3)
             ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
           UPDATE ticket SET state = 'called', doctor_id = coalesce(doctor_id, $3), place = $4, called_at = now(),
             version = version + 1
           FROM next WHERE id = next_id RETURNING ${COLUMNS}`,
    values: [call.clinicId, call.day, call.doctorId, call.place],
  })
  return rows[0]
}

/** Writes a ticket's new state. Who comes back is at the end of the line. */
export async function putState(
  client: pg.ClientBase,
  id: string,
  state: TicketState,
): Promise<TicketRow | undefined> {
  const { rows } = await client.query<TicketRow>({
    name: 'ticket-put-state',
    text: `UPDATE ticket SET state = $2, version = version + 1,
             turn_at = CASE WHEN $2 = 'waiting' THEN now() ELSE turn_at END,
             served_at = CASE WHEN $2 = 'serving' THEN now() ELSE served_at END,
             ended_at = CASE WHEN $2 IN ('done', 'left') THEN now() ELSE ended_at END
           WHERE id = $1 RETURNING ${COLUMNS}`,
    values: [id, state],
  })
  return rows[0]
}

/** What a wait is estimated from. */
export interface LineFacts {
  /** Doctors who work at the clinic now. */
  onDuty: readonly string[]
  /** The last visits of the day, with how long they took. */
  measured: readonly { doctor_id: string | null; seconds: number }[]
  /** How long visits of each service are planned to take; seconds. */
  planned: ReadonlyMap<string, number>
}

/** Doctors on duty now, and the last fifty visits of the day that were measured. */
export async function readLineFacts(
  pool: pg.Pool,
  clinicId: string,
  day: string,
): Promise<Omit<LineFacts, 'planned'>> {
  const [onDuty, measured] = await Promise.all([
    pool.query<{ id: string }>({
      name: 'ticket-on-duty',
      text: `SELECT d.id FROM doctor d CROSS JOIN LATERAL (
               SELECT ends_at, clinic_id FROM doctor_window WHERE doctor_id = d.id AND starts_at <= now()
               ORDER BY starts_at DESC LIMIT 1) w
             WHERE d.active AND $1 = ANY (d.clinic_ids) AND w.ends_at > now() AND w.clinic_id = $1`,
      values: [clinicId],
    }),
    pool.query<{ doctor_id: string | null; seconds: number }>({
      name: 'ticket-measured',
      text: `SELECT doctor_id, extract(epoch FROM ended_at - served_at)::int AS seconds FROM ticket
             WHERE clinic_id = $1 AND day = $2 AND state = 'done' AND served_at IS NOT NULL
             ORDER BY ended_at DESC LIMIT 50`,
      values: [clinicId, day],
    }),
  ])
  return { onDuty: onDuty.rows.map(({ id }) => id), measured: measured.rows }
}
