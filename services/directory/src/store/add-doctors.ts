import type { DoctorSnapshot } from '@medqueue/contracts'
import type pg from 'pg'

import { addMissing } from './add-missing.ts'

/** Adds the doctors that are missing, with their clinics and services; gives the ids of those added. */
export async function addDoctors(
  client: pg.ClientBase,
  rows: readonly (DoctorSnapshot & { phone: string | null; phonePublic: boolean })[],
): Promise<string[]> {
  return addMissing(
    client,
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($1) AS r (id uuid, version int, active boolean, name text, "specialtyId" uuid,
         phone text, "phonePublic" boolean, "clinicIds" jsonb, "serviceIds" jsonb, languages text[])),
     added AS (
       INSERT INTO doctor (id, version, active, name, specialty_id, phone, phone_public, languages)
       SELECT id, version, active, name, "specialtyId", phone, "phonePublic", coalesce(languages, '{}') FROM given
       ON CONFLICT DO NOTHING RETURNING id),
     clinics AS (
       INSERT INTO doctor_clinic (doctor_id, clinic_id, position)
       SELECT given.id, c.id::uuid, c.position
       FROM given JOIN added USING (id),
            jsonb_array_elements_text(given."clinicIds") WITH ORDINALITY AS c (id, position)),
     services AS (
       INSERT INTO doctor_service (doctor_id, service_id, position)
       SELECT given.id, s.id::uuid, s.position
       FROM given JOIN added USING (id),
            jsonb_array_elements_text(given."serviceIds") WITH ORDINALITY AS s (id, position))
     SELECT id FROM added`,
    rows,
  )
}
