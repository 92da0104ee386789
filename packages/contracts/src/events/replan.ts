import { type Static, Type } from 'typebox'

import { Instant, Uuid } from '../primitives.ts'
import { AppointmentEvent } from './appointment.ts'

/**
 * Type `replan.proposed`, subject `appointment.proposed.<doctorId>.<patientId>`: the doctor is away, and the visit, which
 * stays as it is until the patient accepts, might go there. Null: nothing was found, and somebody will call.
 */
export const ReplanProposed = Type.Object({
  ...AppointmentEvent.properties,
  replanId: Uuid,
  proposal: Type.Union([Type.Object({ doctorId: Uuid, start: Instant, end: Instant }), Type.Null()]),
})
export type ReplanProposed = Static<typeof ReplanProposed>
