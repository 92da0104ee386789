import { type Static, Type } from 'typebox'

import { Instant, Uuid } from '../primitives.ts'

/**
 * What everybody who looks at a doctor's slots is told of: times, never people. `slots.taken`: no visit can be had from
 * `start` to `end` any more. `slots.changed`: what is free may be other than it was in that span, or, with null, at any
 * time: search again.
 */
export const SlotChange = Type.Object({
  doctorId: Uuid,
  start: Type.Union([Instant, Type.Null()]),
  end: Type.Union([Instant, Type.Null()]),
})
export type SlotChange = Static<typeof SlotChange>

export const SLOT_CHANGES = ['slots.taken', 'slots.changed'] as const
export type SlotChangeType = (typeof SLOT_CHANGES)[number]

/** Core NATS subject, without prefix: booking has written new windows of a doctor; the message is the doctor's id. */
export const WINDOWS_CHANGED = 'booking.windows.changed'
