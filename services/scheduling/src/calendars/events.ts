import { AppointmentEvent, ClinicSnapshot, type EventEnvelope } from '@medqueue/contracts'
import { visitStatusOf } from '@medqueue/icalendar'
import type pg from 'pg'
import { Value } from 'typebox/value'

import { upsertPlace } from './store/upsert-place.ts'
import { upsertVisit } from './store/upsert-visit.ts'

/** Subjects that feeds are made of, without prefix, by stream. */
export const CALENDAR_SUBJECTS = { appointments: ['appointment.>'], places: ['directory.clinic.*'] }

/** Keeps an appointment as calendars show it. What is only held for a while is in nobody's calendar. */
export async function takeVisit(client: pg.PoolClient, event: EventEnvelope): Promise<void> {
  const said = Value.Parse(AppointmentEvent, event.data)
  const { appointmentId, doctorId, patientId, clinicId, start, end } = said
  // A refusal made no appointment.
  const status = said.status === 'refused' ? undefined : visitStatusOf(said.status)
  if (status === undefined || clinicId === null || end === null) return
  await upsertVisit(client, {
    appointmentId,
    version: event.version,
    doctorId,
    patientId,
    clinicId,
    start,
    end,
    status,
    changedAt: event.occurredAt,
  })
}

/** Keeps what a clinic is called. */
export async function takePlace(client: pg.PoolClient, event: EventEnvelope): Promise<void> {
  if (event.type !== 'directory.clinic.changed') return
  const { id, version, name, city, zone } = Value.Parse(ClinicSnapshot, event.data)
  await upsertPlace(client, { id, version, name, city, zone })
}
