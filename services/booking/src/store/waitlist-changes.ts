import type pg from 'pg'

import type { AppointmentStatus } from '@medqueue/contracts'

import { waitlistColumns, type WaitlistRow } from './waitlist-entries.ts'

/** Offered entries whose slot is not held any more, locked, with what it is now. Others take others. */
export async function answeredOffers(
  client: pg.ClientBase,
  { entryId, limit }: { entryId?: string | undefined; limit: number },
): Promise<(WaitlistRow & { appointment_status: AppointmentStatus })[]> {
  const { rows } = await client.query<WaitlistRow & { appointment_status: AppointmentStatus }>({
    name: 'waitlist-answered',
    text: `SELECT ${waitlistColumns('e.')}, a.status AS appointment_status
           FROM waitlist_entry e JOIN appointment a ON a.id = e.offer_id
           WHERE e.status = 'offered' AND a.status <> 'held' AND ($1::uuid IS NULL OR e.id = $1)
           ORDER BY e.place LIMIT $2 FOR UPDATE OF e SKIP LOCKED`,
    values: [entryId, limit],
  })
  return rows
}

/** Ends an entry. */
export async function endEntry(client: pg.ClientBase, id: string, status: 'served' | 'left'): Promise<void> {
  await client.query({
    name: 'waitlist-end',
    text: 'UPDATE waitlist_entry SET status = $2, offer_id = NULL WHERE id = $1',
    values: [id, status],
  })
}

/** Puts somebody who passed an offer back: into the same place, or last in line. */
export async function waitAgain(
  client: pg.ClientBase,
  { id, passed, last }: { id: string; passed: number; last: boolean },
): Promise<void> {
  await client.query({
    name: 'waitlist-wait-again',
    text: `UPDATE waitlist_entry SET status = 'waiting', offer_id = NULL, passed = $2, look_at = now(),
             place = CASE WHEN $3 THEN nextval('waitlist_place') ELSE place END
           WHERE id = $1`,
    values: [id, passed, last],
  })
}

/** Ends entries whose time is over. */
export async function endPast(client: pg.ClientBase): Promise<void> {
  await client.query({
    name: 'waitlist-end-past',
    text: `UPDATE waitlist_entry SET status = 'over' WHERE status = 'waiting' AND starts_before <= now()`,
  })
}

/** The entry, locked until the transaction ends, or undefined. */
export async function lockEntry(client: pg.ClientBase, id: string): Promise<WaitlistRow | undefined> {
  const { rows } = await client.query<WaitlistRow>({
    name: 'waitlist-lock',
    text: `SELECT ${waitlistColumns()} FROM waitlist_entry WHERE id = $1 FOR UPDATE`,
    values: [id],
  })
  return rows[0]
}
