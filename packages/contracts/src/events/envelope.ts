import { type Static, Type } from 'typebox'

import { Instant, Traceparent, Uuid } from '../primitives.ts'

/** What every event carries. `id` is unique for ever: consumers keep it in their inbox. */
export const EventEnvelope = Type.Object({
  id: Uuid,
  type: Type.String({ minLength: 1, maxLength: 100, description: 'Such as appointment.booked' }),
  source: Type.String({ minLength: 1, maxLength: 50, description: 'The service that says it' }),
  subject: Type.String({ minLength: 1, maxLength: 100, description: 'Id of what it is about' }),
  version: Type.Integer({ minimum: 0, description: 'Version of the subject after the event; higher wins' }),
  occurredAt: Instant,
  traceparent: Type.Optional(Traceparent),
  data: Type.Unknown(),
})
export type EventEnvelope<Data = unknown> = Omit<Static<typeof EventEnvelope>, 'data'> & { data: Data }
