import { AppointmentEvent, type EventEnvelope, isActive } from '@medqueue/contracts'
import type pg from 'pg'
import { Value } from 'typebox/value'

import { type SaidVisit, upsertVisits } from '../store/upsert-visits.ts'
import { roundsOf } from './rounds.ts'

/** Subjects of booking that this service follows, without prefix. */
export const APPOINTMENT_SUBJECTS = ['appointment.>']

/**
 * Nobody waits for these: one statement takes what comes within this time, so that a consumer makes four transactions a
 * second in a replica however many come; milliseconds.
 */
export const GATHER_MS = 250

/**
 * Keeps where and when appointments are and whether they take time, and nothing else of them: so that a change of
 * schedule can say which appointments it hits while booking is down.
 */
export async function takeAppointmentEvents(
  client: pg.PoolClient,
  events: readonly EventEnvelope[],
): Promise<void> {
  for (const round of roundsOf(events)) {
    const visits = round.map(visitIn).filter((visit) => visit !== undefined)
    if (visits.length > 0) await upsertVisits(client, visits)
  }
}

function visitIn(event: EventEnvelope): SaidVisit | undefined {
  const said = Value.Parse(AppointmentEvent, event.data)
  const { appointmentId: id, doctorId, clinicId, start, end, status } = said
  // A refusal made no appointment; what has no place or no end is none.
  if (status === 'refused' || clinicId === null || end === null) return undefined
  return { id, version: event.version, doctorId, clinicId, start, end, active: isActive(status) }
}
