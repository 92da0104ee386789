import { type Static, Type } from 'typebox'

import { Instant, Uuid } from '../primitives.ts'

/** An interval in which a doctor may be booked, half open. */
export const Window = Type.Object({ start: Instant, end: Instant, clinicId: Uuid })
export type Window = Static<typeof Window>

/**
 * Subject `schedule.windows.<doctorId>`, type `schedule.windows.changed`: replaces every window of the doctor that
 * starts in [from, to). The windows in it do not overlap. `version` grows with each publication for the doctor.
 */
export const WindowsChanged = Type.Object({
  doctorId: Uuid,
  version: Type.Integer({ minimum: 1 }),
  from: Instant,
  to: Instant,
  windows: Type.Array(Window, { maxItems: 5000 }),
})
export type WindowsChanged = Static<typeof WindowsChanged>
