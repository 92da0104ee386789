import type pg from 'pg'

import { found, type Found } from './found.ts'

/** Requests decided `booked` or `pending` whose appointment is not there. */
export async function findMissingAppointments(client: pg.ClientBase): Promise<Found> {
  return found(
    client,
    `SELECT count(*) OVER ()::int AS total, r.id AS request, r.decision, r.doctor_id AS doctor
     FROM booking_request r WHERE r.decision IN ('booked', 'pending')
       AND NOT EXISTS (SELECT FROM appointment a WHERE a.id = coalesce(r.appointment_id, r.id)) LIMIT 10`,
  )
}

/** Appointments that no request decided `booked` or `pending` made. What was held and never asked for needs none. */
export async function findUndecidedAppointments(client: pg.ClientBase): Promise<Found> {
  return found(
    client,
    `SELECT count(*) OVER ()::int AS total, a.id AS appointment, a.status, r.decision
     FROM appointment a LEFT JOIN booking_request r ON coalesce(r.appointment_id, r.id) = a.id
     WHERE (r.id IS NULL OR r.decision NOT IN ('booked', 'pending')) AND a.requested LIMIT 10`,
  )
}

/** Ids that are there more than once, which a primary key forbids: the audit trusts none. */
export async function findTwice(
  client: pg.ClientBase,
  table: 'appointment' | 'booking_request',
): Promise<Found> {
  return found(
    client,
    `SELECT count(*) OVER ()::int AS total, id, count(*)::int AS times FROM ${table}
     GROUP BY id HAVING count(*) > 1 LIMIT 10`,
  )
}
