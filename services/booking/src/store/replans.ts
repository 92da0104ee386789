import type pg from 'pg'

import { withTransaction } from '@medqueue/database'

import type { Claim } from '../replan/rank.ts'
import { appointmentColumns, type AppointmentRow } from './appointments.ts'

export interface ReplanRow {
  id: string
  fingerprint: string
  principal_id: string
  doctor_id: string
  day: string
  reason: string
}

/** What was proposed for a visit, with the visit as it is now. Instants are Unix seconds, as text. */
export interface ReplanVisitRow extends AppointmentRow {
  was: string
  state: 'proposed' | 'declined' | 'none' | 'over'
  to_doctor: string | null
  to_start: string | null
  to_end: string | null
}

/** One plan, or undefined. */
export async function findReplan(
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<ReplanRow | undefined> {
  const { rows } = await client.query<ReplanRow>({
    name: 'find-replan',
    text: 'SELECT id, fingerprint, principal_id, doctor_id, day::text, reason FROM replan WHERE id = $1',
    values: [id],
  })
  return rows[0]
}

/** Writes a plan; false when it is there. */
export async function insertReplan(client: pg.ClientBase, row: ReplanRow): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-replan',
    text: `INSERT INTO replan (id, fingerprint, principal_id, doctor_id, day, reason) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT DO NOTHING`,
    values: [row.id, row.fingerprint, row.principal_id, row.doctor_id, row.day, row.reason],
  })
  return rowCount === 1
}

/** The visits of a plan, or one of them, by where they were. */
export async function listReplanVisits(
  client: pg.ClientBase | pg.Pool,
  replanId: string,
  appointmentId?: string,
): Promise<ReplanVisitRow[]> {
  const { rows } = await client.query<ReplanVisitRow>({
    name: 'list-replan-visits',
    text: `SELECT ${appointmentColumns('a.')}, extract(epoch FROM v.starts_at)::bigint AS was, v.state, v.to_doctor,
             extract(epoch FROM lower(v.to_visit))::bigint AS to_start,
             extract(epoch FROM upper(v.to_visit))::bigint AS to_end
           FROM replan_visit v JOIN appointment a ON a.id = v.appointment_id
           WHERE v.replan_id = $1 AND ($2::uuid IS NULL OR v.appointment_id = $2) ORDER BY v.starts_at, a.id`,
    values: [replanId, appointmentId],
  })
  return rows
}

/** One at a time makes proposals, so that what is claimed is known to the next; until the transaction ends. */
export async function lockProposals(client: pg.ClientBase): Promise<void> {
  await client.query({
    name: 'lock-proposals',
    text: `SELECT pg_advisory_xact_lock(hashtextextended('replan', 0))`,
  })
}

/** What is proposed and not answered. Proposals for visits that are not where they were are over. */
export async function listClaims(client: pg.ClientBase): Promise<Claim[]> {
  const { rows } = await client.query<{ doctor_id: string; start: string; end: string }>({
    name: 'list-claims',
    text: `WITH over AS (
             UPDATE replan_visit v SET state = 'over' FROM appointment a
             WHERE a.id = v.appointment_id AND v.state = 'proposed'
               AND (lower(v.to_visit) <= now() OR a.status NOT IN ('pending', 'booked') OR lower(a.visit) <> v.starts_at
                 OR a.doctor_id = v.to_doctor AND lower(a.visit) = lower(v.to_visit))
             RETURNING v.replan_id, v.appointment_id)
           SELECT to_doctor AS doctor_id, extract(epoch FROM lower(to_blocked))::bigint AS start,
             extract(epoch FROM upper(to_blocked))::bigint AS end
           FROM replan_visit v WHERE state = 'proposed' AND NOT EXISTS (
             SELECT FROM over o WHERE o.replan_id = v.replan_id AND o.appointment_id = v.appointment_id)`,
  })
  return rows.map(({ doctor_id: doctorId, start, end }) => ({
    doctorId,
    blocked: { start: Number(start), end: Number(end) },
  }))
}

export interface NewProposal {
  appointmentId: string
  /** Where the visit was; Unix seconds. */
  was: number
  proposal: { start: number; end: number; claim: Claim } | undefined
}

/** Writes what is proposed for a visit, in place of what was proposed before. */
export async function putProposal(
  client: pg.ClientBase,
  replanId: string,
  { appointmentId, was, proposal }: NewProposal,
): Promise<void> {
  await client.query({
    name: 'put-proposal',
    text: `INSERT INTO replan_visit (replan_id, appointment_id, starts_at, state, to_doctor, to_visit, to_blocked)
           VALUES ($1, $2, to_timestamp($3), CASE WHEN $4::uuid IS NULL THEN 'none' ELSE 'proposed' END, $4,
             tstzrange(to_timestamp($5), to_timestamp($6)), tstzrange(to_timestamp($7), to_timestamp($8)))
           ON CONFLICT (replan_id, appointment_id) DO UPDATE SET state = excluded.state, to_doctor = excluded.to_doctor,
             to_visit = excluded.to_visit, to_blocked = excluded.to_blocked`,
    values: [
      ...[replanId, appointmentId, was, proposal?.claim.doctorId, proposal?.start, proposal?.end],
      ...[proposal?.claim.blocked.start, proposal?.claim.blocked.end],
    ],
  })
}

/** Notes that a proposal was answered: declined, or taken, by which it is over. */
export async function answerProposal(
  pool: pg.Pool,
  ids: { replanId: string; appointmentId: string },
  state: 'declined' | 'over',
): Promise<void> {
  await withTransaction(pool, (client) =>
    client.query({
      name: 'answer-proposal',
      text: `UPDATE replan_visit SET state = $3 WHERE replan_id = $1 AND appointment_id = $2 AND state = 'proposed'`,
      values: [ids.replanId, ids.appointmentId, state],
    }),
  )
}
