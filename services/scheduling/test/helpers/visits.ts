import { randomUUID } from 'node:crypto'

import type { AppointmentEvent, EventEnvelope } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'

import { takeAppointmentEvents } from '../../src/events/appointments.ts'
import type { World } from './world.ts'

type Place = Pick<AppointmentEvent, 'doctorId' | 'start' | 'end'> & { clinicId: string | null }

interface Said {
  id?: string
  version?: number
  status?: AppointmentEvent['status']
}

/** Booking's word of an appointment. */
export function appointmentEvent(
  place: Place,
  { id = randomUUID(), version = 1, status = 'booked' }: Said = {},
): EventEnvelope<AppointmentEvent> {
  const people = { patientId: randomUUID(), serviceId: randomUUID() }
  const data = { ...place, ...people, appointmentId: id, status, reason: null }
  const head = { id: randomUUID(), source: 'booking', subject: id, occurredAt: '2027-01-04T15:00:00Z' }
  return { ...head, type: 'appointment.booked', version, data }
}

/** Books a visit, as far as this service hears of it, and gives its id. */
export async function bookVisit(world: World, place: Place, more: Said = {}) {
  const event = appointmentEvent(place, more)
  await withTransaction(world.database.pool, async (client) => takeAppointmentEvents(client, [event]))
  return event.data.appointmentId
}
