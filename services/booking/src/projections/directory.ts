import type pg from 'pg'

import {
  ClinicSnapshot,
  DoctorSnapshot,
  type EventEnvelope,
  PatientsChanged,
  ServiceTypeSnapshot,
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
  'directory.service-type.changed': parsed(ServiceTypeSnapshot, writeServiceType),
  'directory.patients.changed': parsed(PatientsChanged, writePatients),
}

async function writeDoctor(client: pg.ClientBase, doctor: DoctorSnapshot): Promise<void> {
  const { id, version, active, name, specialtyId, clinicIds, serviceIds } = doctor
  await client.query(
    `INSERT INTO doctor AS old (id, version, active, name, specialty_id, clinic_ids, service_ids)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name,
       specialty_id = excluded.specialty_id, clinic_ids = excluded.clinic_ids, service_ids = excluded.service_ids
     WHERE old.version < excluded.version`,
    [id, version, active, name, specialtyId, clinicIds, serviceIds],
  )
}

async function writeClinic(
  client: pg.ClientBase,
  { id, version, active, name, city, zone }: ClinicSnapshot,
): Promise<void> {
  await client.query(
    `INSERT INTO clinic AS old (id, version, active, name, city, zone) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name,
       city = excluded.city, zone = excluded.zone
     WHERE old.version < excluded.version`,
    [id, version, active, name, city, zone],
  )
}

async function writeServiceType(client: pg.ClientBase, service: ServiceTypeSnapshot): Promise<void> {
  const { id, version, active, name, durationMinutes, bufferAfterMinutes, alignmentMinutes } = service
  const { minimumNoticeMinutes, horizonDays, approval } = service
  await client.query(
    `INSERT INTO service_type AS old
       (id, version, active, name, duration, buffer_after, alignment, minimum_notice, horizon, approval)
     VALUES ($1, $2, $3, $4, make_interval(mins => $5), make_interval(mins => $6), make_interval(mins => $7),
       make_interval(mins => $8), make_interval(hours => 24 * $9::int), $10)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, name = excluded.name,
       duration = excluded.duration, buffer_after = excluded.buffer_after, alignment = excluded.alignment,
       minimum_notice = excluded.minimum_notice, horizon = excluded.horizon, approval = excluded.approval
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
