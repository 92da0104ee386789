import { type Static, Type } from 'typebox'

import { Instant, Uuid } from '../primitives.ts'
import { APPOINTMENT_STATUSES, REFUSAL_REASONS } from '../booking.ts'

/**
 * Subject `appointment.<type>.<doctorId>.<patientId>`; types `appointment.booked` (decided, confirmed),
 * `appointment.requested` (decided, waits in the lobby as pending), `appointment.refused` (no appointment was made),
 * `appointment.cancelled`, `appointment.approved`, `appointment.declined`.
 * `seq` is the request's place: partition, then position within it; the order of decisions for a doctor.
 */
export const AppointmentEvent = Type.Object({
  appointmentId: Uuid,
  doctorId: Uuid,
  patientId: Uuid,
  serviceId: Uuid,
  clinicId: Type.Union([Uuid, Type.Null()]),
  start: Instant,
  end: Type.Union([Instant, Type.Null()]),
  status: Type.Enum([...APPOINTMENT_STATUSES, 'refused']),
  reason: Type.Union([Type.Enum([...REFUSAL_REASONS]), Type.String({ maxLength: 200 }), Type.Null()]),
  seq: Type.Optional(Type.String({ description: '<partition>:<stream sequence>:<position in message>' })),
})
export type AppointmentEvent = Static<typeof AppointmentEvent>
