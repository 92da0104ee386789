import type { RequestField } from '@medqueue/contracts'
import type pg from 'pg'

/** What FHIR tells of doctors, places and services. Durations are seconds. */
export interface Directory {
  doctors: ReadonlyMap<string, DirectoryDoctor>
  clinics: ReadonlyMap<string, DirectoryClinic>
  services: ReadonlyMap<string, DirectoryService>
  specialties: ReadonlyMap<string, { id: string; name: string }>
}

export interface DirectoryDoctor {
  id: string
  version: number
  active: boolean
  name: string
  specialty_id: string
  clinic_ids: string[]
  service_ids: string[]
  /** BCP 47. */
  languages: string[]
}

export interface DirectoryClinic {
  id: string
  version: number
  active: boolean
  name: string
  city: string
  /** Null until the directory has told of it. */
  state: string | null
  zone: string
}

export interface DirectoryService {
  id: string
  version: number
  active: boolean
  name: string
  duration: number
  horizon: number
  capacity: number
  /** What it asks whoever requests a visit. */
  request_fields: RequestField[]
}

/** Reads all of it, in the order of ids. */
export async function listDirectory(pool: pg.Pool): Promise<Directory> {
  const [doctors, clinics, services, specialties] = await Promise.all([
    pool.query<DirectoryDoctor>(
      `SELECT id, version, active, name, specialty_id, clinic_ids, service_ids, languages FROM doctor ORDER BY id`,
    ),
    pool.query<DirectoryClinic>(
      'SELECT id, version, active, name, city, state, zone FROM clinic ORDER BY id',
    ),
    pool.query<DirectoryService>(
      `SELECT id, version, active, name, extract(epoch FROM duration)::int AS duration,
         extract(epoch FROM horizon)::int AS horizon, capacity, request_fields
       FROM service_type ORDER BY id`,
    ),
    pool.query<{ id: string; name: string }>('SELECT id, name FROM specialty'),
  ])
  return {
    doctors: byId(doctors.rows),
    clinics: byId(clinics.rows),
    services: byId(services.rows),
    specialties: byId(specialties.rows),
  }
}

const byId = <Row extends { id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]))
