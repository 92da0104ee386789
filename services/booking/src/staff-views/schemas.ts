import { Instant, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { Appointment } from '../api/schemas.ts'

const Span = { start: Type.String(), end: Type.String() }

export const GridVisit = Type.Object({
  ...Appointment.properties,
  busyFrom: Type.String({ description: 'With the buffer before; RFC 3339' }),
  busyTo: Type.String({ description: 'With the buffer after' }),
})

export const Hours = Type.Object({ doctorId: Uuid, clinicId: Uuid, ...Span })
export const HoursNote = Type.Object({
  doctorId: Uuid,
  clinicId: Type.Optional(Uuid),
  ...Span,
  reason: Type.String(),
})

export const GridColumn = Type.Object({
  id: Uuid,
  name: Type.String(),
  kind: Type.Optional(Type.String({ description: 'Of a room or device' })),
  hours: Type.Array(Hours),
  notes: Type.Array(HoursNote, { description: 'Why nobody works: closures, holidays' }),
  visits: Type.Array(GridVisit),
})

export const Grid = Type.Object({
  by: Type.Enum(['doctor', 'room', 'clinic']),
  from: Instant,
  to: Instant,
  columns: Type.Array(GridColumn),
  services: Type.Array(Type.Object({ id: Uuid, name: Type.String() })),
})
export type Grid = Static<typeof Grid>
export type GridColumn = Static<typeof GridColumn>

export const SheetEntry = Type.Object({
  time: Type.String({ description: 'Start on the clinic’s clocks, such as 08:20' }),
  until: Type.String(),
  service: Type.String(),
  doctor: Type.String(),
  room: Type.Optional(Type.String()),
  device: Type.Optional(Type.String()),
  appointment: Appointment,
})

export const DaySheet = Type.Object({
  clinicId: Uuid,
  clinic: Type.String(),
  zone: Type.String(),
  hours: Type.Array(
    Type.Object({ doctorId: Uuid, doctor: Type.String(), from: Type.String(), to: Type.String() }),
    { description: 'On the clinic’s clocks' },
  ),
  notes: Type.Array(Type.String(), { description: 'Closures and holidays of the day' }),
  entries: Type.Array(SheetEntry),
})
export type DaySheet = Static<typeof DaySheet>
