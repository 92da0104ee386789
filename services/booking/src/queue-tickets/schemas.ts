import { FreeText, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatInstant } from '../domain/instants.ts'
import type { TicketRow } from '../store/tickets.ts'
import type { Place } from './line.ts'
import { TICKET_STATES } from './states.ts'

export const TicketBody = strictObject({
  appointmentId: Type.Optional({ ...Uuid, description: 'Of a patient who has one: checks them in' }),
  clinicId: Type.Optional({ ...Uuid, description: 'Of a walk-in' }),
  patientId: Type.Optional({ ...Uuid, description: 'Of a walk-in whom the records know' }),
  doctorId: Type.Optional({ ...Uuid, description: 'Whom a walk-in wants; else whoever is free first' }),
  serviceId: Type.Optional(Uuid),
})

export const CallBody = strictObject({
  clinicId: Uuid,
  doctorId: Type.Optional(Uuid),
  place: Type.Optional(
    FreeText(40, { minLength: 1, description: 'Where to go, such as Room 3; everybody reads it' }),
  ),
})

const Wait = Type.Object(
  { from: Type.Integer(), to: Type.Integer() },
  { description: 'Minutes; four of five times it is in between. Missing: nobody is on duty' },
)

export const Ticket = Type.Object({
  id: Uuid,
  label: Type.String({ description: 'Such as A12: all that the wall board shows' }),
  state: Type.Enum([...TICKET_STATES]),
  clinicId: Uuid,
  day: Type.String(),
  turnAt: Type.String(),
  version: Type.Integer(),
  patientId: Type.Optional(Uuid),
  appointmentId: Type.Optional(Uuid),
  doctorId: Type.Optional(Uuid),
  serviceId: Type.Optional(Uuid),
  place: Type.Optional(Type.String()),
  position: Type.Optional(Type.Integer({ description: '1 is next' })),
  wait: Type.Optional(Wait),
})
export type Ticket = Static<typeof Ticket>

export const Board = Type.Object({
  clinicId: Uuid,
  day: Type.String(),
  doctorsOnDuty: Type.Integer(),
  called: Type.Array(Type.Object({ label: Type.String(), place: Type.Optional(Type.String()) })),
  serving: Type.Array(Type.Object({ label: Type.String() })),
  waiting: Type.Array(
    Type.Object({ label: Type.String(), position: Type.Integer(), wait: Type.Optional(Wait) }),
  ),
})
export type Board = Static<typeof Board>

export function ticketView(row: TicketRow, place: Place | undefined): Ticket {
  const may = <K extends string>(key: K, value: string | null) =>
    (value === null ? {} : { [key]: value }) as Partial<Record<K, string>>
  return {
    ...{ id: row.id, label: row.label, state: row.state, clinicId: row.clinic_id, day: row.day },
    ...{ turnAt: formatInstant(Number(row.turn)), version: row.version },
    ...may('patientId', row.patient_id),
    ...may('appointmentId', row.appointment_id),
    ...may('doctorId', row.doctor_id),
    ...may('serviceId', row.service_id),
    ...may('place', row.place),
    ...place,
  }
}
