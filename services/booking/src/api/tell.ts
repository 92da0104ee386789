import type { AppointmentEvent, EventEnvelope } from '@medqueue/contracts'
import type { OutgoingEvent } from '@medqueue/messaging'

import { formatInstant } from '../domain/instants.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { isByProxy } from './access.ts'

export interface Telling {
  /** Such as `appointment.cancelled`. */
  type: string
  now: () => Date
  newId: () => string
  traceparent?: string | undefined
  /** Where a moved appointment was before. */
  previous?: AppointmentEvent['previous']
}

/** The event that tells what became of an appointment, with where to send it. */
export function eventOf(row: AppointmentRow, telling: Telling): OutgoingEvent {
  const { type, now, newId, traceparent, previous } = telling
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
    by: row.actor_part,
    ...(isByProxy(row) ? { byProxy: true } : {}),
    ...(row.session_id === null ? {} : { sessionId: row.session_id }),
    ...placeOf(row),
    ...(row.overbooked ? { overbooked: true } : {}),
    ...(previous === undefined ? {} : { previous }),
  }
  const event: EventEnvelope = {
    id: newId(),
    type,
    source: 'booking',
    subject: row.id,
    version: row.version,
    occurredAt: now().toISOString(),
    ...(traceparent === undefined ? {} : { traceparent }),
    data,
  }
  return { subject: subjectOf(row, telling), event }
}

/** The doctor who has lost the visit to another is in the subject too, so that they can be told. */
function subjectOf(row: AppointmentRow, { type, previous }: Telling): string {
  const people = [row.doctor_id, row.patient_id]
  if (previous !== undefined && previous.doctorId !== row.doctor_id) people.push(previous.doctorId)
  return [type, ...people].join('.')
}

/** The room and the device of a row, as events name them. */
export function placeOf({ room_id: roomId, device_id: deviceId }: AppointmentRow): {
  roomId?: string
  deviceId?: string
} {
  return { ...(roomId === null ? {} : { roomId }), ...(deviceId === null ? {} : { deviceId }) }
}
