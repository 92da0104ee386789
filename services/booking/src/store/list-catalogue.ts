import type { RequestField } from '@medqueue/contracts'
import type pg from 'pg'

import { folded } from '../domain/folded.ts'
import type { VisitShape } from '../domain/slots.ts'

export interface CatalogueDoctor {
  active: boolean
  specialtyId: string
  clinicIds: readonly string[]
  serviceIds: ReadonlySet<string>
  /** BCP 47. */
  languages: readonly string[]
}

export interface CatalogueClinic {
  active: boolean
  city: string
  /** The city as searches compare it. */
  foldedCity: string
  /** IANA name. */
  zone: string
}

/** The rooms or devices that would do for a service, by clinic. */
export type Resources = ReadonlyMap<string, readonly string[]>

export interface CatalogueService extends VisitShape {
  active: boolean
  minimumNotice: number
  horizon: number
  /** Undefined: it needs none. */
  rooms?: Resources
  devices?: Resources
  /** What it asks whoever requests a visit; undefined: nothing. */
  fields?: readonly RequestField[]
  /** It needs nothing but the doctor's time. */
  plain: boolean
}

/** What an api replica keeps in memory: to refuse what cannot be booked before it is queued, to know whose slots a search means. Durations in seconds. */
export interface Catalogue {
  doctors: ReadonlyMap<string, CatalogueDoctor>
  clinics: ReadonlyMap<string, CatalogueClinic>
  services: ReadonlyMap<string, CatalogueService>
}

interface DoctorRow {
  id: string
  active: boolean
  specialty_id: string
  clinic_ids: string[]
  service_ids: string[]
  languages: string[]
}

interface ClinicRow extends Omit<CatalogueClinic, 'foldedCity'> {
  id: string
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
  room_kind: string | null
  device_kind: string | null
  plain: boolean
  request_fields: RequestField[]
}

interface ResourceRow {
  id: string
  kind: string
  clinic_id: string
}

const seconds = (column: string) => `extract(epoch FROM ${column})::int AS ${column}`

const SERVICES = `
SELECT id, active, capacity, room_kind, device_kind, request_fields,
  capacity = 1 AND room_kind IS NULL AND device_kind IS NULL AND max_open IS NULL AS plain,
  ${['duration', 'buffer_before', 'buffer_after', 'alignment', 'minimum_notice', 'horizon'].map(seconds).join(', ')}
FROM service_type`

/** Reads doctors, clinics, service types and what is booked with them. */
export async function listCatalogue(pool: pg.Pool): Promise<Catalogue> {
  const [doctors, clinics, services, resources] = await Promise.all([
    pool.query<DoctorRow>(
      'SELECT id, active, specialty_id, clinic_ids, service_ids, languages FROM doctor ORDER BY id',
    ),
    pool.query<ClinicRow>('SELECT id, active, city, zone FROM clinic'),
    pool.query<ServiceRow>(SERVICES),
    pool.query<ResourceRow>('SELECT id, kind, clinic_id FROM bookable_resource WHERE active ORDER BY id'),
  ])
  const byKind = Map.groupBy(resources.rows, ({ kind }) => kind)
  const ofKind = (kind: string): Resources => {
    const byClinic = Map.groupBy(byKind.get(kind) ?? [], (row) => row.clinic_id)
    return new Map([...byClinic].map(([clinicId, rows]) => [clinicId, rows.map(({ id }) => id)]))
  }
  return {
    doctors: new Map(doctors.rows.map((row) => [row.id, doctorOf(row)])),
    clinics: new Map(clinics.rows.map(({ id, ...row }) => [id, { ...row, foldedCity: folded(row.city) }])),
    services: new Map(services.rows.map((row) => [row.id, serviceOf(row, ofKind)])),
  }
}

function doctorOf(row: DoctorRow): CatalogueDoctor {
  return {
    active: row.active,
    specialtyId: row.specialty_id,
    clinicIds: row.clinic_ids,
    serviceIds: new Set(row.service_ids),
    languages: row.languages,
  }
}

function serviceOf(row: ServiceRow, ofKind: (kind: string) => Resources): CatalogueService {
  return {
    id: row.id,
    active: row.active,
    duration: row.duration,
    bufferBefore: row.buffer_before,
    bufferAfter: row.buffer_after,
    alignment: row.alignment,
    minimumNotice: row.minimum_notice,
    horizon: row.horizon,
    capacity: row.capacity,
    ...(row.room_kind === null ? {} : { rooms: ofKind(row.room_kind) }),
    ...(row.device_kind === null ? {} : { devices: ofKind(row.device_kind) }),
    ...(row.request_fields.length === 0 ? {} : { fields: row.request_fields }),
    plain: row.plain,
  }
}
