import type pg from 'pg'

import { waitlistColumns, type WaitlistRow } from './waitlist-entries.ts'

/**
 * True when this transaction has the turn: one at a time looks through the line, whichever replica it is, so that the
 * order of the line is the order of offers.
 */
export async function takeTurn(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>({
    name: 'waitlist-turn',
    text: `SELECT pg_try_advisory_xact_lock(hashtextextended('waitlist', 0)) AS mine`,
  })
  return rows[0]?.mine === true
}

/** The first in line for whom it is worth looking now, locked, or undefined. */
export async function nextDue(client: pg.ClientBase): Promise<WaitlistRow | undefined> {
  const { rows } = await client.query<WaitlistRow>({
    name: 'waitlist-due',
    text: `SELECT ${waitlistColumns()} FROM waitlist_entry WHERE status = 'waiting' AND look_at <= now()
           ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED`,
  })
  return rows[0]
}

/** Doctors and starts (Unix seconds) that somebody was offered before, as `doctor:start`. */
export async function offeredBefore(client: pg.ClientBase, entryId: string): Promise<Set<string>> {
  const { rows } = await client.query<{ slot: string }>({
    name: 'waitlist-offered-before',
    text: `SELECT doctor_id || ':' || extract(epoch FROM starts_at)::bigint AS slot FROM waitlist_offer WHERE entry_id = $1`,
    values: [entryId],
  })
  return new Set(rows.map(({ slot }) => slot))
}

export interface FreeSlot {
  doctorId: string
  specialtyId: string
  clinicId: string
  serviceId: string
  /** Unix seconds. */
  start: number
}

/** The first in line who would like that slot and was not offered it before, locked, or undefined. */
export async function firstFor(client: pg.ClientBase, slot: FreeSlot): Promise<WaitlistRow | undefined> {
  const { rows } = await client.query<WaitlistRow>({
    name: 'waitlist-first-for',
    text: `SELECT ${waitlistColumns()} FROM waitlist_entry e
           WHERE status = 'waiting' AND service_id = $1 AND coalesce(doctor_id, $2) = $2
             AND coalesce(specialty_id, $3) = $3 AND coalesce(clinic_id, $4) = $4
             AND starts_after <= to_timestamp($5) AND starts_before > to_timestamp($5)
             AND NOT EXISTS (SELECT FROM waitlist_offer o
               WHERE o.entry_id = e.id AND o.doctor_id = $2 AND o.starts_at = to_timestamp($5))
           ORDER BY place LIMIT 1 FOR UPDATE`,
    values: [slot.serviceId, slot.doctorId, slot.specialtyId, slot.clinicId, slot.start],
  })
  return rows[0]
}

/** Remembers that a slot was offered, or (`appointmentId` null) that it is not for this patient. */
export async function recordOffer(
  client: pg.ClientBase,
  offer: { entryId: string; doctorId: string; start: number; appointmentId: string | null },
): Promise<void> {
  await client.query({
    name: 'waitlist-record-offer',
    text: `WITH made AS (
             INSERT INTO waitlist_offer (entry_id, doctor_id, starts_at, appointment_id)
             VALUES ($1, $2, to_timestamp($3), $4))
           UPDATE waitlist_entry SET status = 'offered', offer_id = $4 WHERE id = $1 AND $4::uuid IS NOT NULL`,
    values: [offer.entryId, offer.doctorId, offer.start, offer.appointmentId],
  })
}

/** There was nothing for them: look again in so many seconds, or when something becomes free. */
export async function lookLater(client: pg.ClientBase, entryId: string, seconds: number): Promise<void> {
  await client.query({
    name: 'waitlist-look-later',
    text: 'UPDATE waitlist_entry SET look_at = now() + make_interval(secs => $2) WHERE id = $1',
    values: [entryId, seconds],
  })
}

/** Something of these doctors may have become free: everybody who would see them is looked after now. */
export async function lookNow(pool: pg.Pool, doctorIds: readonly string[]): Promise<void> {
  await pool.query({
    name: 'waitlist-look-now',
    text: `UPDATE waitlist_entry e SET look_at = now() WHERE status = 'waiting' AND look_at > now() AND EXISTS (
             SELECT FROM doctor d WHERE d.id = ANY ($1::uuid[]) AND coalesce(e.doctor_id, d.id) = d.id
               AND coalesce(e.specialty_id, d.specialty_id) = d.specialty_id)`,
    values: [[...doctorIds]],
  })
}
