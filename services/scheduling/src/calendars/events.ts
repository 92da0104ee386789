import { AppointmentEvent, ClinicSnapshot, type EventEnvelope } from '@medqueue/contracts'
import { visitStatusOf } from '@medqueue/icalendar'
import type pg from 'pg'
import { Value } from 'typebox/value'

import { roundsOf } from '../events/rounds.ts'
import { upsertPlace } from './store/upsert-place.ts'
import { type SaidVisit, upsertVisits } from './store/upsert-visits.ts'

/** Subjects that feeds are made of, without prefix, by stream. */
export const CALENDAR_SUBJECTS = { appointments: ['appointment.>'], places: ['directory.clinic.*'] }

/** Keeps appointments as calendars show them. What is only held for a while is in nobody's calendar. */
export async function takeVisits(client: pg.PoolClient, events: readonly EventEnvelope[]): Promise<void> {
  for (const round of roundsOf(events)) {
    const visits = round.map(visitIn).filter((visit) => visit !== undefined)
    if (visits.length > 0) await upsertVisits(client, visits)
  }
}

function visitIn(event: EventEnvelope): SaidVisit | undefined {
  const said = Value.Parse(AppointmentEvent, event.data)
  const { appointmentId, doctorId, patientId, clinicId, start, end } = said
  // A refusal made no appointment.
  const status = said.status === 'refused' ? undefined : visitStatusOf(said.status)
  if (status === undefined || clinicId === null || end === null) return undefined
  const { version, occurredAt: changedAt } = event
  return { appointmentId, version, doctorId, patientId, clinicId, start, end, status, changedAt }
}

/** Keeps what a clinic is called. */
export async function takePlace(client: pg.PoolClient, event: EventEnvelope): Promise<void> {
  if (event.type !== 'directory.clinic.changed') return
  const { id, version, name, city, zone } = Value.Parse(ClinicSnapshot, event.data)
  await upsertPlace(client, { id, version, name, city, zone })
}
