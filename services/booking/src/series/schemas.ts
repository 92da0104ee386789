import { FreeText, Instant, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { AnswersGiven, Appointment, SlotView } from '../api/schemas.ts'

const fields = {
  doctorId: Uuid,
  serviceId: Uuid,
  patientId: Type.Optional(Uuid),
  rule: Type.Optional(
    strictObject(
      {
        first: Instant,
        rrule: Type.String({
          minLength: 1,
          maxLength: 300,
          description: 'RFC 5545, such as FREQ=WEEKLY;COUNT=12',
        }),
      },
      { description: 'In the zone of the clinic of the first visit. Either this or `starts`' },
    ),
  ),
  starts: Type.Optional(Type.Array(Instant, { minItems: 1, maxItems: 52 })),
}

export const SeriesBody = strictObject(fields)
export type SeriesBody = Static<typeof SeriesBody>

export const SeriesBooking = strictObject({
  ...fields,
  mode: Type.Enum(['all', 'each'], {
    default: 'all',
    description: 'all: every visit or none; each: those that can be',
  }),
  message: Type.Optional(FreeText(1000, { description: 'For the care side only' })),
  answers: Type.Optional({ ...AnswersGiven, description: 'The same for every visit; as of one visit' }),
})

export const Occurrence = Type.Object({
  start: Type.String(),
  end: Type.Optional(Type.String()),
  free: Type.Boolean(),
  code: Type.Optional(Type.String({ description: 'Why not: the error a booking would be answered with' })),
  title: Type.Optional(Type.String()),
  nearest: Type.Array(SlotView, { description: 'Free instead, the nearest first' }),
})
export type Occurrence = Static<typeof Occurrence>

export const VisitOutcome = Type.Object({
  start: Type.String(),
  status: Type.Integer({ description: 'As a single request would be answered; 202: not decided yet' }),
  appointment: Type.Optional(Appointment),
  requestId: Type.Optional({ ...Uuid, description: 'To ask for while it is not decided' }),
  code: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  alternatives: Type.Optional(Type.Array(SlotView)),
})
export type VisitOutcome = Static<typeof VisitOutcome>

export const Series = Type.Object({
  id: Uuid,
  patientId: Uuid,
  doctorId: Uuid,
  serviceId: Uuid,
  visits: Type.Array(Appointment),
})

export const Scope = Type.Enum(['this', 'following', 'all'], {
  description: 'following: that visit and those that start after it',
})
export type Scope = Static<typeof Scope>
