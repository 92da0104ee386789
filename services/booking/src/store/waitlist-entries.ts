import type pg from 'pg'

import type { WaitlistState } from '../waitlist/states.ts'

/** Somebody who waits. Instants are Unix seconds, as text. */
export interface WaitlistRow {
  id: string
  fingerprint: string
  principal_id: string
  patient_id: string
  service_id: string
  doctor_id: string | null
  specialty_id: string | null
  clinic_id: string | null
  after: string
  before: string
  place: string
  status: WaitlistState
  passed: number
  offer_id: string | null
  joined: string
  /** Taken by somebody who acts for the patient: it is the patient's. */
  by_proxy: boolean
}

const seconds = (column: string, name: string) => `extract(epoch FROM ${column})::bigint AS ${name}`
export const waitlistColumns = (of = '') =>
  `${of}id, ${of}fingerprint, ${of}principal_id, ${of}patient_id, ${of}service_id, ${of}doctor_id, ${of}specialty_id,
   ${of}clinic_id, ${seconds(`${of}starts_after`, 'after')}, ${seconds(`${of}starts_before`, 'before')}, ${of}place,
   ${of}status, ${of}passed, ${of}offer_id, ${seconds(`${of}joined_at`, 'joined')}, ${of}by_proxy`

export type NewEntry = Pick<
  WaitlistRow,
  | 'id'
  | 'fingerprint'
  | 'principal_id'
  | 'patient_id'
  | 'service_id'
  | 'doctor_id'
  | 'specialty_id'
  | 'clinic_id'
  | 'by_proxy'
> & { after: number; before: number }

/** Adds somebody to the end of the line; nothing happens when the id is there. */
export async function insertEntry(client: pg.ClientBase, entry: NewEntry): Promise<void> {
  await client.query({
    name: 'waitlist-insert',
    text: `INSERT INTO waitlist_entry (id, fingerprint, principal_id, patient_id, service_id, doctor_id, specialty_id,
             clinic_id, starts_after, starts_before, by_proxy)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9), to_timestamp($10), $11) ON CONFLICT DO NOTHING`,
    values: [
      ...[entry.id, entry.fingerprint, entry.principal_id, entry.patient_id, entry.service_id],
      ...[entry.doctor_id, entry.specialty_id, entry.clinic_id, entry.after, entry.before, entry.by_proxy],
    ],
  })
}

/** How many a patient has open. */
export async function countOpenEntries(client: pg.ClientBase, patientId: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>({
    name: 'waitlist-count',
    text: `SELECT count(*)::int AS count FROM waitlist_entry WHERE patient_id = $1 AND status IN ('waiting', 'offered')`,
    values: [patientId],
  })
  return rows[0]?.count ?? 0
}

/** An entry with how many people before it wait for the same service, and might be offered the same slot. */
export type ListedEntry = WaitlistRow & { ahead: number }

const AHEAD = `(SELECT count(*) FROM waitlist_entry o
  WHERE o.service_id = e.service_id AND o.status = 'waiting' AND o.place < e.place
    AND o.starts_after < e.starts_before AND o.starts_before > e.starts_after
    AND coalesce(o.doctor_id, e.doctor_id) IS NOT DISTINCT FROM coalesce(e.doctor_id, o.doctor_id))::int AS ahead`

/** One entry, or undefined. */
export async function findEntry(
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<ListedEntry | undefined> {
  const { rows } = await client.query<ListedEntry>({
    name: 'waitlist-find',
    text: `SELECT ${waitlistColumns('e.')}, ${AHEAD} FROM waitlist_entry e WHERE id = $1`,
    values: [id],
  })
  return rows[0]
}

export interface EntryFilter {
  patientId: string | undefined
  doctorId: string | undefined
  serviceId: string | undefined
  limit: number
}

/** Open entries in the order of the line: a patient's, those who wait for a doctor by name, or everybody's. */
export async function listEntries(
  pool: pg.Pool,
  { patientId, doctorId, serviceId, limit }: EntryFilter,
): Promise<ListedEntry[]> {
  const { rows } = await pool.query<ListedEntry>({
    name: 'waitlist-list',
    text: `SELECT ${waitlistColumns('e.')}, ${AHEAD} FROM waitlist_entry e
           WHERE status IN ('waiting', 'offered') AND ($1::uuid IS NULL OR patient_id = $1)
             AND ($2::uuid IS NULL OR doctor_id = $2) AND ($3::uuid IS NULL OR service_id = $3)
           ORDER BY place LIMIT $4`,
    values: [patientId, doctorId, serviceId, limit],
  })
  return rows
}
