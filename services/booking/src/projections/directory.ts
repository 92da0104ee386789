import type pg from 'pg'

import {
  ClinicSnapshot,
  DoctorSnapshot,
  type EventEnvelope,
  PatientsChanged,
  ServiceTypeSnapshot,
  SpecialtySnapshot,
} from '@medqueue/contracts'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Writes what directory events say into booking's own tables. The highest version of each aggregate wins. */
export async function projectDirectory(client: pg.ClientBase, event: EventEnvelope): Promise<void> {
  const project = BY_TYPE[event.type]
  if (project !== undefined) await project(client, event.data)
}

type Project = (client: pg.ClientBase, data: unknown) => Promise<void>

function parsed<T extends TSchema, Data>(
  schema: T,
  write: (client: pg.ClientBase, data: Data) => Promise<void>,
): Project {
  return (client, data) => write(client, Value.Parse(schema, data))
}

const BY_TYPE: Readonly<Record<string, Project>> = {
  'directory.doctor.changed': parsed(DoctorSnapshot, writeDoctor),
  'directory.clinic.changed': parsed(ClinicSnapshot, writeClinic),
  'directory.specialty.changed': parsed(SpecialtySnapshot, writeSpecialty),
  'directory.service-type.changed': parsed(ServiceTypeSnapshot, writeServiceType),
  'directory.patients.changed': parsed(PatientsChanged, writePatients),
}

async function writeDoctor(client: pg.ClientBase, doctor: DoctorSnapshot): Promise<void> {
  const { id, version, active, name, specialtyId, clinicIds, serviceIds, languages = [] } = doctor
  await client.query(
    `INSERT INTO doctor AS old (id, version, active, name, specialty_id, clinic_ids, service_ids, languages)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name,
       specialty_id = excluded.specialty_id, clinic_ids = excluded.clinic_ids, service_ids = excluded.service_ids,
       languages = excluded.languages
     WHERE old.version < excluded.version`,
    [id, version, active, name, specialtyId, clinicIds, serviceIds, languages],
  )
}

async function writeClinic(
  client: pg.ClientBase,
  { id, version, active, name, city, state, zone }: ClinicSnapshot,
): Promise<void> {
  await client.query(
    `INSERT INTO clinic AS old (id, version, active, name, city, state, zone) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name,
       city = excluded.city, state = excluded.state, zone = excluded.zone
     WHERE old.version < excluded.version`,
    [id, version, active, name, city, state, zone],
  )
}

async function writeSpecialty(
  client: pg.ClientBase,
  { id, version, active, name }: SpecialtySnapshot,
): Promise<void> {
  await client.query(
    `INSERT INTO specialty AS old (id, version, active, name) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name
     WHERE old.version < excluded.version`,
    [id, version, active, name],
  )
}

async function writeServiceType(client: pg.ClientBase, service: ServiceTypeSnapshot): Promise<void> {
  const { id, version, active, name, durationMinutes, bufferAfterMinutes, alignmentMinutes } = service
  const { minimumNoticeMinutes, horizonDays, approval } = service
  // What events from before did not say is what every service did before.
  const { bufferBeforeMinutes = 0, capacity = 1, roomKind = null, deviceKind = null } = service
  const {
    cancelNoticeMinutes = 0,
    approvalTimeoutMinutes = 1_440,
    maxOpen = null,
    requestFields = [],
  } = service
  await client.query(
    `INSERT INTO service_type AS old
       (id, version, active, name, duration, buffer_after, alignment, minimum_notice, horizon, approval,
        buffer_before, capacity, room_kind, device_kind, cancel_notice, approval_timeout, max_open,
        request_fields)
     VALUES ($1, $2, $3, $4, make_interval(mins => $5), make_interval(mins => $6), make_interval(mins => $7),
       make_interval(mins => $8), make_interval(hours => 24 * $9::int), $10,
       make_interval(mins => $11), $12, $13, $14, make_interval(mins => $15), make_interval(mins => $16), $17, $18)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name,
       duration = excluded.duration, buffer_after = excluded.buffer_after, alignment = excluded.alignment,
       minimum_notice = excluded.minimum_notice, horizon = excluded.horizon, approval = excluded.approval,
       buffer_before = excluded.buffer_before, capacity = excluded.capacity, room_kind = excluded.room_kind,
       device_kind = excluded.device_kind, cancel_notice = excluded.cancel_notice,
       approval_timeout = excluded.approval_timeout, max_open = excluded.max_open,
       request_fields = excluded.request_fields
     WHERE old.version < excluded.version`,
    [
      id,
      version,
      active,
      name,
      durationMinutes,
      bufferAfterMinutes,
      alignmentMinutes,
      minimumNoticeMinutes,
      horizonDays,
      approval,
      bufferBeforeMinutes,
      capacity,
      roomKind,
      deviceKind,
      cancelNoticeMinutes,
      approvalTimeoutMinutes,
      maxOpen,
      JSON.stringify(requestFields),
    ],
  )
}

async function writePatients(client: pg.ClientBase, { patients }: PatientsChanged): Promise<void> {
  await client.query(
    `INSERT INTO patient AS old (id, version, active)
     SELECT DISTINCT ON (id) * FROM unnest($1::uuid[], $2::int[], $3::boolean[]) AS new (id, version, active)
     ORDER BY id, version DESC
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active
     WHERE old.version < excluded.version`,
    [
      patients.map(({ id }) => id),
      patients.map(({ version }) => version),
      patients.map(({ active }) => active),
    ],
  )
}
