import { type Static, Type } from 'typebox'

import { Instant, Label, Uuid } from '../primitives.ts'
import { ResourceKind } from './directory.ts'

/** An interval in which a doctor may be booked, half open. */
export const Window = Type.Object({ start: Instant, end: Instant, clinicId: Uuid })
export type Window = Static<typeof Window>

/**
 * Why there is no window in a span of time: a closure or a public holiday by its public name, or a neutral text for
 * what is a doctor's own business. No note overlaps a window of its clinic.
 */
export const WindowNote = Type.Object({
  start: Instant,
  end: Instant,
  clinicId: Type.Union([Uuid, Type.Null()], { description: 'Null: wherever the doctor works' }),
  reason: Type.String({ minLength: 1, maxLength: 200 }),
})
export type WindowNote = Static<typeof WindowNote>

/**
 * Subject `schedule.windows.<doctorId>`, type `schedule.windows.changed`: replaces every window of the doctor that
 * starts in [from, to), and every note of the doctor. The windows in it do not overlap. `version` grows with each
 * publication for the doctor.
 */
export const WindowsChanged = Type.Object({
  doctorId: Uuid,
  version: Type.Integer({ minimum: 1 }),
  from: Instant,
  to: Instant,
  windows: Type.Array(Window, { maxItems: 5000 }),
  // Events from before notes were said have none.
  notes: Type.Optional(Type.Array(WindowNote, { maxItems: 5000 })),
})
export type WindowsChanged = Static<typeof WindowsChanged>

/**
 * Subject `schedule.resource.<id>`, type `schedule.resource.changed`: a room or a device that is booked together with
 * a doctor. A service type asks for a kind; any active resource of the kind at the clinic will do.
 */
export const ResourceChanged = Type.Object({
  id: Uuid,
  version: Type.Integer({ minimum: 1 }),
  active: Type.Boolean(),
  kind: ResourceKind,
  clinicId: Uuid,
  name: Label,
})
export type ResourceChanged = Static<typeof ResourceChanged>
