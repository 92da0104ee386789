import { randomUUID } from 'node:crypto'

import { createPool } from '@medqueue/database'

/** What is searched: everybody offers `consultation`; `scan` needs a room, of which each clinic has ten. */
export interface SlotWorld {
  doctors: string[]
  specialties: string[]
  clinics: string[]
  consultation: string
  scan: string
}

const SPECIALTIES = 12
const CLINICS = 40
export const SLOT_DOCTORS = 2_000
export const SLOT_DAYS = 180

const ids = (count: number) => Array.from({ length: count }, () => randomUUID() as string)

/**
 * Puts 2,000 doctors in place of those of the bench: 40 clinics of 50 doctors in four cities, 12 specialties, ten hours
 * a day on weekdays for 180 days, visits of twenty minutes, a fifth of the slots taken: 1.5 million appointments.
 */
export async function fillSlotWorld(url: string): Promise<SlotWorld> {
  const pool = createPool({ url, max: 1, name: 'bench', statementTimeoutMs: 900_000 })
  const [doctors, specialties, clinics, [consultation = '', scan = '']] = [
    ids(SLOT_DOCTORS),
    ids(SPECIALTIES),
    ids(CLINICS),
    ids(2),
  ]
  await pool.query('TRUNCATE doctor, clinic, service_type, doctor_window')
  await pool.query(
    `INSERT INTO clinic SELECT id, 1, true, 'clinic', 'city ' || n % 4, 'America/Sao_Paulo'
     FROM unnest($1::uuid[]) WITH ORDINALITY c (id, n)`,
    [clinics],
  )
  await pool.query(
    `INSERT INTO service_type (id, version, active, name, duration, buffer_after, alignment, minimum_notice, horizon, approval, room_kind)
     VALUES ($1, 1, true, 'visit', '20 min', '0', '20 min', '0', '730 d', 'automatic', NULL),
       ($2, 1, true, 'scan', '20 min', '10 min', '20 min', '0', '730 d', 'automatic', 'scan')`,
    [consultation, scan],
  )
  await pool.query(
    `INSERT INTO doctor SELECT id, 1, true, 'doctor', ($2::uuid[])[1 + n % ${SPECIALTIES}], ARRAY[($3::uuid[])[1 + n % ${CLINICS}]], $4
     FROM unnest($1::uuid[]) WITH ORDINALITY d (id, n)`,
    [doctors, specialties, clinics, [consultation, scan]],
  )
  await pool.query(
    `INSERT INTO bookable_resource SELECT gen_random_uuid(), 1, true, 'scan', c, 'room'
     FROM unnest($1::uuid[]) c, generate_series(1, 10)`,
    [clinics],
  )
  await pool.query(
    `INSERT INTO doctor_window
     SELECT d.id, day + interval '11 h', day + interval '21 h', d.clinic_ids[1]
     FROM doctor d, generate_series(date_trunc('day', now()) + interval '1 d', now() + interval '${SLOT_DAYS} d', '1 d') day
     WHERE extract(isodow FROM day) < 6`,
  )
  await fillAppointments(pool, consultation)
  await pool.query('VACUUM ANALYZE')
  await pool.end()
  return { doctors, specialties, clinics, consultation, scan }
}

/**
 * Without the log of changes and the constraints that no search reads: with them, 1.5 million rows would take an hour.
 * Those on rooms and devices, whose indexes a search does read, stay.
 */
async function fillAppointments(pool: ReturnType<typeof createPool>, serviceId: string): Promise<void> {
  await pool.query(
    'ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free, DROP CONSTRAINT appointment_patient_free',
  )
  await pool.query('ALTER TABLE appointment DISABLE TRIGGER USER')
  await pool.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
     SELECT uuidv7(), w.doctor_id, uuidv7(), $1, w.clinic_id, v, v, 'booked'
     FROM doctor_window w, generate_series(0, 29) n,
       LATERAL (SELECT tstzrange(w.starts_at + n * interval '20 min', w.starts_at + (n + 1) * interval '20 min') AS v) r
     WHERE hashtext(w.doctor_id::text || w.starts_at::text || n) % 5 = 0`,
    [serviceId],
  )
  await pool.query('ALTER TABLE appointment ENABLE TRIGGER USER')
}
