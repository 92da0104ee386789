import { type Static, Type } from 'typebox'

import { Instant, Uuid } from '../primitives.ts'
import { AppointmentEvent } from './appointment.ts'

/**
 * Type `waitlist.offered`, subject `appointment.offered.<doctorId>.<patientId>`: a slot that became free is held for one
 * patient who waits. It is told instead of `appointment.held`, among the events of the appointment that the slot would
 * become, so that whoever follows those sees that it is taken, and the patient hears of it live.
 */
export const WaitlistOffered = Type.Object({
  ...AppointmentEvent.properties,
  entryId: { ...Uuid, description: 'Of the waitlist' },
  until: { ...Instant, description: 'Then it is offered to the next' },
})
export type WaitlistOffered = Static<typeof WaitlistOffered>
