import type pg from 'pg'

/** What an api replica keeps in memory to refuse what cannot be booked before it is queued. Durations in seconds. */
export interface Catalogue {
  doctors: ReadonlyMap<string, { active: boolean; specialtyId: string; serviceIds: ReadonlySet<string> }>
  services: ReadonlyMap<
    string,
    {
      active: boolean
      duration: number
      bufferAfter: number
      alignment: number
      minimumNotice: number
      horizon: number
    }
  >
}

interface DoctorRow {
  id: string
  active: boolean
  specialty_id: string
  service_ids: string[]
}

interface ServiceRow {
  id: string
  active: boolean
  duration: number
  buffer_after: number
  alignment: number
  minimum_notice: number
  horizon: number
}

/** Reads doctors and service types. */
export async function listCatalogue(pool: pg.Pool): Promise<Catalogue> {
  const seconds = (column: string) => `extract(epoch FROM ${column})::int AS ${column}`
  const [doctors, services] = await Promise.all([
    pool.query<DoctorRow>('SELECT id, active, specialty_id, service_ids FROM doctor'),
    pool.query<ServiceRow>(
      `SELECT id, active, ${['duration', 'buffer_after', 'alignment', 'minimum_notice', 'horizon'].map(seconds).join(', ')}
       FROM service_type`,
    ),
  ])
  return {
    doctors: new Map(
      doctors.rows.map((row) => [
        row.id,
        { active: row.active, specialtyId: row.specialty_id, serviceIds: new Set(row.service_ids) },
      ]),
    ),
    services: new Map(
      services.rows.map((row) => [
        row.id,
        {
          active: row.active,
          duration: row.duration,
          bufferAfter: row.buffer_after,
          alignment: row.alignment,
          minimumNotice: row.minimum_notice,
          horizon: row.horizon,
        },
      ]),
    ),
  }
}
