import { randomUUID } from 'node:crypto'

import type { AppointmentEvent, EventEnvelope } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'

import { takePlace, takeVisits } from '../../src/calendars/events.ts'
import { clinicEvent } from './broker.ts'
import type { World } from './world.ts'

export interface ToldVisit extends Partial<AppointmentEvent> {
  version?: number
}

/** An event about an appointment at 19:00 in Paris on 5 March 2027, booked, version 1. */
export function visitEvent({ version = 1, ...overrides }: ToldVisit = {}): EventEnvelope<AppointmentEvent> {
  const data: AppointmentEvent = {
    appointmentId: randomUUID(),
    doctorId: randomUUID(),
    patientId: randomUUID(),
    serviceId: randomUUID(),
    clinicId: randomUUID(),
    start: '2027-03-05T18:00:00Z',
    end: '2027-03-05T18:30:00Z',
    status: 'booked',
    reason: null,
    ...overrides,
  }
  return {
    id: randomUUID(),
    type: `appointment.${data.status}`,
    source: 'booking',
    subject: data.appointmentId,
    version,
    occurredAt: `2027-01-04T15:${String(version).padStart(2, '0')}:00Z`,
    data,
  }
}

/** Tells scheduling of appointments as booking would. */
export async function tell({ core }: World, ...events: EventEnvelope[]): Promise<void> {
  for (const event of events) await withTransaction(core.pool, async (client) => takeVisits(client, [event]))
}

/** A clinic in Paris that feeds know the name of. */
export async function placeInParis({ core }: World): Promise<string> {
  const id = randomUUID()
  const event = clinicEvent({ id, version: 1, active: true, zone: 'Europe/Paris' })
  await withTransaction(core.pool, async (client) => takePlace(client, event))
  return id
}
