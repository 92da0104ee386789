import type pg from 'pg'

import { rowsOf } from './cursor.ts'
import type { AppointmentRow, Ledger, LeaseRow, RequestRow, ServiceLength } from './rows.ts'

const ms = (expression: string) => `(extract(epoch FROM ${expression}) * 1000)::float8`

const APPOINTMENTS = `
  SELECT id, doctor_id, patient_id, service_id, clinic_id, ${ms('lower(visit)')}, ${ms('upper(visit)')},
    ${ms('lower(blocked)')}, ${ms('upper(blocked)')}, status, version, ${ms('created_at')}, ${ms('updated_at')}
  FROM appointment`

const REQUESTS = `
  SELECT id, patient_id, doctor_id, service_id, ${ms('starts_at')}, partition::int, stream_seq::float8, batch_pos,
    decision, reason, ${ms('decided_at')}, coalesce(appointment_id, id)
  FROM booking_request`

/** Reads everything the checks in memory need. The caller holds a repeatable-read transaction. */
export async function readLedger(client: pg.ClientBase): Promise<Ledger> {
  return {
    appointments: await readAppointments(client),
    requests: await readRequests(client),
    services: await readServices(client),
    leases: await readLeases(client),
    untold: await readOutbox(client),
  }
}

async function readAppointments(client: pg.ClientBase): Promise<Map<string, AppointmentRow>> {
  const found = new Map<string, AppointmentRow>()
  for await (const row of rowsOf(client, APPOINTMENTS)) {
    const [id, doctorId, patientId, serviceId, clinicId] = row as string[]
    const [visitFrom, visitTo, blockedFrom, blockedTo] = row.slice(5) as number[]
    const [status, version, createdAt, updatedAt] = row.slice(9)
    const entry = { id, doctorId, patientId, serviceId, clinicId, visitFrom, visitTo, blockedFrom, blockedTo }
    found.set(String(id), { ...entry, status, version, createdAt, updatedAt } as AppointmentRow)
  }
  return found
}

async function readRequests(client: pg.ClientBase): Promise<Map<string, RequestRow>> {
  const found = new Map<string, RequestRow>()
  for await (const row of rowsOf(client, REQUESTS)) {
    const [id, patientId, doctorId, serviceId, startsAt, partition, streamSeq, batchPos] = row
    const [decision, reason, decidedAt, appointmentId] = row.slice(8)
    const place = { startsAt, partition, streamSeq, batchPos }
    found.set(String(id), {
      ...{ id, patientId, doctorId, serviceId, decision, reason, decidedAt, appointmentId },
      ...place,
    } as RequestRow)
  }
  return found
}

async function readServices(client: pg.ClientBase): Promise<Map<string, ServiceLength>> {
  const { rows } = await client.query<ServiceLength & { id: string }>(
    `SELECT id, ${ms('duration')} AS visit, ${ms('buffer_before + duration + buffer_after')} AS blocked FROM service_type`,
  )
  return new Map(rows.map(({ id, visit, blocked }) => [id, { visit, blocked }]))
}

async function readLeases(client: pg.ClientBase): Promise<Map<number, LeaseRow>> {
  const { rows } = await client.query<LeaseRow>(
    `SELECT partition::int, committed_seq::float8 AS "committedSeq", stream_created_at AS "streamCreatedAt"
       FROM partition_lease`,
  )
  return new Map(rows.map((row) => [row.partition, row]))
}

/** Only appointment events: the outbox carries dead letters, too. */
async function readOutbox(client: pg.ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ about: string }>(
    `SELECT event::jsonb ->> 'subject' AS about FROM outbox WHERE subject LIKE 'appointment.%'`,
  )
  return new Set(rows.map(({ about }) => about))
}
