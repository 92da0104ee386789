import { type Static, Type } from 'typebox'

import { Instant, Uuid } from '../primitives.ts'
import { ACTOR_PARTS, APPOINTMENT_STATUSES, REFUSAL_REASONS } from '../booking.ts'

/** What is booked together with the doctor, where there is any. */
const Place = {
  roomId: Type.Optional(Uuid),
  deviceId: Type.Optional(Uuid),
}

/**
 * Subject `appointment.<type>.<doctorId>.<patientId>`, with `.<previousDoctorId>` behind it when a visit has gone to
 * another doctor, who must hear of it as well. Types: `appointment.booked` (decided, confirmed),
 * `appointment.requested` (decided, waits in the lobby as pending), `appointment.refused` (no appointment was made),
 * `appointment.held`, `.released`, `.approved`, `.declined`, `.expired`, `.cancelled`, `.moved`, `.arrived`,
 * `.checked-in`, `.started`, `.fulfilled`, `.noshow`, `.voided`. The envelope's version is the appointment's.
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
  by: Type.Optional(Type.Enum([...ACTOR_PARTS], { description: 'Who changed it' })),
  byProxy: Type.Optional(Type.Literal(true, { description: 'The patient’s part was taken by their proxy' })),
  sessionId: Type.Optional({ ...Uuid, description: 'The group visit it is a seat of' }),
  ...Place,
  overbooked: Type.Optional(Type.Literal(true, { description: 'It does not take the doctor’s time' })),
  previous: Type.Optional(
    Type.Object(
      { doctorId: Uuid, start: Instant, end: Instant, ...Place },
      { description: 'Where a moved visit was' },
    ),
  ),
  seq: Type.Optional(Type.String({ description: '<partition>:<stream sequence>:<position in message>' })),
})
export type AppointmentEvent = Static<typeof AppointmentEvent>
