import type pg from 'pg'

export interface CatalogueDoctor {
  active: boolean
  specialtyId: string
  clinicIds: readonly string[]
  serviceIds: ReadonlySet<string>
}

/** What an api replica keeps in memory: to refuse what cannot be booked before it is queued, to know whose slots a search means. Durations in seconds. */
export interface Catalogue {
  doctors: ReadonlyMap<string, CatalogueDoctor>
  clinics: ReadonlyMap<string, { active: boolean; city: string }>
  services: ReadonlyMap<
    string,
    {
      active: boolean
      duration: number
      bufferBefore: number
      bufferAfter: number
      alignment: number
      minimumNotice: number
      horizon: number
      /** Seats of a group visit; 1: not one. */
      capacity: number
      /** It needs nothing but the doctor's time. */
      plain: boolean
    }
  >
}

interface DoctorRow {
  id: string
  active: boolean
  specialty_id: string
  clinic_ids: string[]
  service_ids: string[]
}

interface ClinicRow {
  id: string
  active: boolean
  city: string
}

interface ServiceRow {
  id: string
  active: boolean
  duration: number
  buffer_before: number
  buffer_after: number
  alignment: number
  minimum_notice: number
  horizon: number
  capacity: number
  plain: boolean
}

/** Reads doctors, clinics and service types. */
export async function listCatalogue(pool: pg.Pool): Promise<Catalogue> {
  const seconds = (column: string) => `extract(epoch FROM ${column})::int AS ${column}`
  const [doctors, clinics, services] = await Promise.all([
    pool.query<DoctorRow>('SELECT id, active, specialty_id, clinic_ids, service_ids FROM doctor'),
    pool.query<ClinicRow>('SELECT id, active, city FROM clinic'),
    pool.query<ServiceRow>(
      `SELECT id, active, capacity,
         capacity = 1 AND room_kind IS NULL AND device_kind IS NULL AND max_open IS NULL AS plain, ${['duration', 'buffer_before', 'buffer_after', 'alignment', 'minimum_notice', 'horizon'].map(seconds).join(', ')}
       FROM service_type`,
    ),
  ])
  return {
    doctors: new Map(
      doctors.rows.map((row) => [
        row.id,
        {
          active: row.active,
          specialtyId: row.specialty_id,
          clinicIds: row.clinic_ids,
          serviceIds: new Set(row.service_ids),
        },
      ]),
    ),
    clinics: new Map(clinics.rows.map(({ id, active, city }) => [id, { active, city }])),
    services: new Map(
      services.rows.map((row) => [
        row.id,
        {
          active: row.active,
          duration: row.duration,
          bufferBefore: row.buffer_before,
          bufferAfter: row.buffer_after,
          alignment: row.alignment,
          minimumNotice: row.minimum_notice,
          horizon: row.horizon,
          capacity: row.capacity,
          plain: row.plain,
        },
      ]),
    ),
  }
}
