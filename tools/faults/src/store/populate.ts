import type pg from 'pg'

import { DAYS, OPEN_SECONDS, OPENING_SECONDS, type Town } from '../driver/town.ts'

/** Writes the town into booking's projection tables, as if directory and scheduling had told of it. */
export async function populate(pool: pg.Pool, town: Town): Promise<void> {
  const { doctors, patients, clinicId, specialtyId, visitId, procedureId, firstDay } = town
  await pool.query(
    `INSERT INTO clinic (id, version, active, name, city, zone) VALUES ($1, 1, true, 'clinic', 'city', 'UTC')`,
    [clinicId],
  )
  await pool.query(
    `INSERT INTO service_type (id, version, active, name, duration, buffer_after, alignment, minimum_notice, horizon, approval)
     VALUES
       ($1, 1, true, 'visit', '20 min', '10 min', '10 min', '0', '730 d', 'automatic'),
       ($2, 1, true, 'procedure', '20 min', '0', '10 min', '0', '730 d', 'manual')`,
    [visitId, procedureId],
  )
  await pool.query(
    `INSERT INTO doctor (id, version, active, name, specialty_id, clinic_ids, service_ids)
     SELECT id, 1, true, 'doctor', $2, ARRAY[$3::uuid], $4::uuid[] FROM unnest($1::uuid[]) id`,
    [doctors, specialtyId, clinicId, [visitId, procedureId]],
  )
  await pool.query(
    'INSERT INTO patient (id, version, active) SELECT id, 1, true FROM unnest($1::uuid[]) id',
    [patients],
  )
  await pool.query(
    `INSERT INTO doctor_window (doctor_id, starts_at, ends_at, clinic_id)
     SELECT d, to_timestamp($3 + day * 86400 + $4), to_timestamp($3 + day * 86400 + $4 + $5), $2
     FROM unnest($1::uuid[]) d, generate_series(0, $6::int - 1) day`,
    [doctors, clinicId, firstDay, OPENING_SECONDS, OPEN_SECONDS, DAYS],
  )
  await pool.query('ANALYZE')
}
