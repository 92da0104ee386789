import {
  ACTOR_PARTS,
  APPOINTMENT_STATUSES,
  FreeText,
  Instant,
  LanguageTag,
  Problem,
  strictObject,
  Uuid,
} from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

/** Ways to say whose time is looked for, besides naming the doctor. */
export const AnyDoctorFilter = {
  specialtyId: Type.Optional(Uuid),
  clinicId: Type.Optional(Uuid),
  city: Type.Optional(FreeText(100, { minLength: 1 })),
  language: Type.Optional({ ...LanguageTag, description: 'Spoken by the doctor; `pt` is also every `pt-…`' }),
}

/** Whose slots a search looks for; one way to say it at least. */
export const SlotFilterQuery = {
  serviceId: Uuid,
  doctorId: Type.Optional(Uuid),
  ...AnyDoctorFilter,
}

/** What is answered, by key. Of what kind is checked against the questions, so that every fault is told in one way. */
export const AnswersGiven = Type.Record(Type.String(), Type.Unknown(), {
  maxProperties: 10,
  description: 'To the `requestFields` of the service type, by their keys; for the care side only',
})

export const AppointmentRequest = strictObject({
  doctorId: Type.Optional({
    ...Uuid,
    description: 'Without it: any doctor of the specialty, clinic or city',
  }),
  ...AnyDoctorFilter,
  serviceId: Uuid,
  start: Instant,
  patientId: Type.Optional(Uuid),
  message: Type.Optional(FreeText(1000, { description: 'For the care side only' })),
  answers: Type.Optional(AnswersGiven),
  holdId: Type.Optional({ ...Uuid, description: 'A hold of the patient on exactly this slot' }),
  overbookReason: Type.Optional(
    FreeText(200, {
      minLength: 1,
      description: 'Staff only: books over the doctor’s other visits, and more than `maxOpen` of the service',
    }),
  ),
})
export type AppointmentRequest = Static<typeof AppointmentRequest>

export const Appointment = Type.Object({
  id: Uuid,
  status: Type.Enum([...APPOINTMENT_STATUSES]),
  doctorId: Uuid,
  patientId: Uuid,
  serviceId: Uuid,
  clinicId: Uuid,
  start: Type.String({ description: 'RFC 3339, UTC' }),
  end: Type.String({ description: 'RFC 3339, UTC' }),
  version: Type.Integer(),
  reason: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  answers: Type.Optional(
    Type.Array(
      Type.Object({
        key: Type.String(),
        label: Type.String({ description: 'The question as it was asked' }),
        value: Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
      }),
    ),
  ),
  roomId: Type.Optional(Uuid),
  deviceId: Type.Optional(Uuid),
  sessionId: Type.Optional({ ...Uuid, description: 'The group visit it is a seat of' }),
  seat: Type.Optional(Type.Integer({ minimum: 1 })),
  seriesId: Type.Optional(Uuid),
  overbooked: Type.Optional(Type.Literal(true)),
  expiresAt: Type.Optional(
    Type.String({ description: 'When a hold, or a request nobody answers, lapses; RFC 3339' }),
  ),
  extended: Type.Optional(Type.Literal(true, { description: 'A hold is extended once' })),
  endedBy: Type.Optional(
    Type.Enum([...ACTOR_PARTS], { description: 'Who cancelled, declined or let it lapse' }),
  ),
  late: Type.Optional(Type.Literal(true, { description: 'Cancelled later than the service allows' })),
})
export type Appointment = Static<typeof Appointment>

export const Queued = Type.Object({ id: Uuid, status: Type.Literal('queued') })

export const SlotView = Type.Object({
  doctorId: Uuid,
  serviceId: Uuid,
  clinicId: Uuid,
  start: Type.String(),
  end: Type.String(),
  seatsLeft: Type.Optional(Type.Integer({ minimum: 0, description: 'Of a group visit' })),
  heldByMe: Type.Optional(Type.Literal(true, { description: 'Free for nobody else: the caller holds it' })),
  holdId: Type.Optional({ ...Uuid, description: 'The hold of the caller' }),
})
export type SlotView = Static<typeof SlotView>

export const BookingRequestView = Type.Object({
  id: Uuid,
  decision: Type.Enum(['queued', 'booked', 'pending', 'refused', 'failed']),
  reason: Type.Optional(Type.String()),
  appointmentId: Type.Optional(Uuid),
})

/** Problem answers every route of this service can give, for the OpenAPI. */
export const problems = (...statuses: number[]): Record<number, typeof Problem> =>
  Object.fromEntries([400, 401, 403, 429, 503, ...statuses].map((status) => [status, Problem]))
