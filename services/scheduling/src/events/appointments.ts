import { AppointmentEvent, type EventEnvelope, isActive } from '@medqueue/contracts'
import type pg from 'pg'
import { Value } from 'typebox/value'

import { upsertVisit } from '../store/upsert-visit.ts'

/** Subjects of booking that this service follows, without prefix. */
export const APPOINTMENT_SUBJECTS = ['appointment.>']

/**
 * Keeps where and when an appointment is and whether it takes time, and nothing else of it: so that a change of
 * schedule can say which appointments it hits while booking is down.
 */
export async function takeAppointmentEvent(client: pg.PoolClient, event: EventEnvelope): Promise<void> {
  const said = Value.Parse(AppointmentEvent, event.data)
  const { appointmentId, doctorId, clinicId, start, end, status } = said
  // A refusal made no appointment; what has no place or no end is none.
  if (status === 'refused' || clinicId === null || end === null) return
  await upsertVisit(client, {
    id: appointmentId,
    version: event.version,
    doctorId,
    clinicId,
    start,
    end,
    active: isActive(status),
  })
}
