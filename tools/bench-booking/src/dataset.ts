import { randomUUID } from 'node:crypto'

import type { Pool } from 'pg'

/**
 * The world every variant books in: 400 doctors whose windows last ten hours a day for 200 days, one service of five
 * minutes without buffer, and 2,000 patients who book again and again, so that, as in a visit to the site, a token is seen
 * many times and its signature checked once. 9.6 million slots, so that hardly any request meets a taken one: what
 * is measured is booking, not refusing.
 */
export interface Dataset {
  doctors: string[]
  patients: string[]
  serviceId: string
  clinicId: string
  /** Midnight UTC of the first day; Unix seconds. */
  firstDay: number
}

export const DAYS = 200
export const SLOTS_A_DAY = 120
export const SLOT_SECONDS = 300
export const OPENING_SECONDS = 8 * 3600

const DAY = 86_400

export function makeDataset(nowSeconds: number): Dataset {
  return {
    doctors: Array.from({ length: 400 }, () => randomUUID()),
    patients: Array.from({ length: 2_000 }, () => randomUUID()),
    serviceId: randomUUID(),
    clinicId: randomUUID(),
    firstDay: (Math.floor(nowSeconds / DAY) + 2) * DAY,
  }
}

/** Writes the dataset into booking's projection tables. */
export async function writeDataset(
  pool: Pool,
  { doctors, patients, serviceId, clinicId, firstDay }: Dataset,
): Promise<void> {
  await pool.query(
    `INSERT INTO doctor SELECT id, 1, true, 'doctor', $2, ARRAY[$3::uuid], ARRAY[$4::uuid] FROM unnest($1::uuid[]) id`,
    [doctors, randomUUID(), clinicId, serviceId],
  )
  await pool.query(`INSERT INTO clinic VALUES ($1, 1, true, 'clinic', 'city', 'UTC')`, [clinicId])
  await pool.query(
    `INSERT INTO service_type VALUES ($1, 1, true, 'visit', '5 min', '0', '5 min', '0', '730 d', 'automatic')`,
    [serviceId],
  )
  await pool.query('INSERT INTO patient SELECT id, 1, true FROM unnest($1::uuid[]) id', [patients])
  await pool.query(
    `INSERT INTO doctor_window
     SELECT d, to_timestamp($3 + day * 86400 + $4), to_timestamp($3 + day * 86400 + $4 + $5), $2
     FROM unnest($1::uuid[]) d, generate_series(0, $6::int - 1) day`,
    [doctors, clinicId, firstDay, OPENING_SECONDS, SLOTS_A_DAY * SLOT_SECONDS, DAYS],
  )
  await pool.query('VACUUM ANALYZE')
}

/** The slot of the n-th request: every slot once, doctors and days in a scattered order. */
export function slotOf(n: number, { doctors, firstDay }: Dataset): { doctorId: string; start: string } {
  const total = doctors.length * DAYS * SLOTS_A_DAY
  // A step without common factor with the total visits every slot once.
  const at = (n * 7_368_787) % total
  const doctor = at % doctors.length
  const rest = Math.floor(at / doctors.length)
  const day = rest % DAYS
  const slot = Math.floor(rest / DAYS)
  const seconds = firstDay + day * DAY + OPENING_SECONDS + slot * SLOT_SECONDS
  return { doctorId: doctors[doctor] ?? '', start: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` }
}
