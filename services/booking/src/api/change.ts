import type pg from 'pg'

import type { AppointmentEvent, EventEnvelope } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { formatInstant } from '../domain/instants.ts'
import { type Action, type Part, transition } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { changeStatus, lockAppointment } from '../store/change-status.ts'
import { mayRead } from './booking.ts'

export interface ChangeDeps {
  pool: pg.Pool
  availability: Availability
  now: () => Date
  newId: () => string
}

export interface Change {
  id: string
  action: Action
  caller: Caller
  reason: string | undefined
  /** Version from If-Match, or undefined for any. */
  expected: number | undefined
  traceparent: string
}

/**
 * Changes an appointment's status and writes the event, in one transaction. Throws BOOKING_NOT_FOUND for somebody
 * else's, BOOKING_STALE, BOOKING_ILLEGAL_TRANSITION. Cancelling what is cancelled already changes nothing.
 */
export async function changeAppointment(deps: ChangeDeps, change: Change): Promise<AppointmentRow> {
  const changed = await withTransaction(deps.pool, async (client) => {
    const row = await lockAppointment(client, change.id)
    if (row === undefined || !mayRead(change.caller, row))
      throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
    if (change.action === 'cancel' && row.status === 'cancelled') return row
    if (change.expected !== undefined && change.expected !== row.version)
      throw new ProblemError(BookingErrors.BOOKING_STALE)
    const next = transition(change.action, row.status, partOf(change.caller, row))
    if (typeof next === 'string') {
      throw new ProblemError(BookingErrors.BOOKING_ILLEGAL_TRANSITION, { detail: `It is ${row.status}` })
    }
    const changed = await changeStatus(client, { id: row.id, status: next.to, reason: change.reason ?? null })
    if (changed === undefined) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
    await appendEvents(client, [tell(deps, change, changed, next.event)])
    return changed
  })
  if (changed.status === 'cancelled') deps.availability.release(changed.doctor_id, Number(changed.starts))
  return changed
}

function partOf(caller: Caller, row: AppointmentRow): Part {
  if (row.doctor_id === caller.id) return 'doctor'
  return row.patient_id === caller.id ? 'patient' : 'staff'
}

function tell({ now, newId }: ChangeDeps, { traceparent }: Change, row: AppointmentRow, type: string) {
  const data: AppointmentEvent = {
    appointmentId: row.id,
    doctorId: row.doctor_id,
    patientId: row.patient_id,
    serviceId: row.service_id,
    clinicId: row.clinic_id,
    start: formatInstant(Number(row.starts)),
    end: formatInstant(Number(row.ends)),
    status: row.status,
    // A person's own words stay in the record: events travel to everybody.
    reason: null,
  }
  const event: EventEnvelope = {
    id: newId(),
    type,
    source: 'booking',
    subject: row.id,
    version: row.version,
    occurredAt: now().toISOString(),
    traceparent,
    data,
  }
  return { subject: `${type}.${row.doctor_id}.${row.patient_id}`, event }
}
