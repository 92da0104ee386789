import { withTransaction } from '@medqueue/database'
import { type Caller, ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { changeAppointment, type ChangeDeps } from '../api/change.ts'
import { dateAt } from '../domain/clinic-day.ts'
import { BookingErrors } from '../errors.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { listClinics } from '../store/list-clinics.ts'
import {
  findTicket,
  insertTicket,
  type NewTicket,
  nextNumber,
  putState,
  type TicketRow,
} from '../store/tickets.ts'
import { labelOf, type TicketStep, ticketStep } from './states.ts'

export interface Acting {
  caller: Caller
  traceparent: string
}

/** The date that a clinic's calendar shows now. Throws BOOKING_TICKET_CLINIC. */
export async function todayAt(
  { pool, now }: Pick<ChangeDeps, 'pool' | 'now'>,
  clinicId: string,
): Promise<string> {
  const [clinic] = await listClinics(pool, [clinicId])
  if (clinic === undefined) throw new ProblemError(BookingErrors.BOOKING_TICKET_CLINIC, { field: 'clinicId' })
  return dateAt(now().getTime() / 1_000, clinic.zone)
}

export interface WalkIn {
  clinicId: string
  patientId: string | undefined
  doctorId: string | undefined
  serviceId: string | undefined
}

/** A ticket for somebody who just came. */
export async function ticketForWalkIn(deps: ChangeDeps, walkIn: WalkIn): Promise<TicketRow> {
  const { clinicId, patientId = null, doctorId = null, serviceId = null } = walkIn
  const day = await todayAt(deps, clinicId)
  return withTransaction(deps.pool, async (client) =>
    made(
      await makeTicket(client, {
        ...{ id: deps.newId(), clinic_id: clinicId, day, patient_id: patientId, appointment_id: null },
        ...{ doctor_id: doctorId, service_id: serviceId, turn: deps.now().getTime() / 1_000 },
      }),
    ),
  )
}

/** Checks a patient with an appointment in, unless that is done, and gives the ticket; the same one when asked again. */
export async function ticketForVisit(
  deps: ChangeDeps,
  appointmentId: string,
  { caller, traceparent }: Acting,
): Promise<TicketRow> {
  const row = await findAppointment(deps.pool, appointmentId)
  if (row?.status !== 'checked-in')
    await changeAppointment(deps, {
      ...{ id: appointmentId, action: 'check-in', caller, traceparent },
      ...{ reason: undefined, expected: undefined },
    })
  return withTransaction(deps.pool, async (client) => made(await ticketOfVisit(client, deps, appointmentId)))
}

/** The ticket of an appointment that is checked in: made now, or the one it has. */
export async function ticketOfVisit(
  client: pg.PoolClient,
  deps: Pick<ChangeDeps, 'pool' | 'now' | 'newId'>,
  appointmentId: string,
): Promise<TicketRow | undefined> {
  const known = await findTicket(client, { appointmentId })
  const row = await findAppointment(deps.pool, appointmentId)
  if (known !== undefined || row === undefined) return known
  const day = await todayAt(deps, row.clinic_id)
  const ticket = await makeTicket(client, {
    ...{ id: deps.newId(), clinic_id: row.clinic_id, day, patient_id: row.patient_id },
    ...{ appointment_id: row.id, doctor_id: row.doctor_id, service_id: row.service_id },
    // Who comes early does not come before those whose time it is.
    turn: Math.max(Number(row.starts), deps.now().getTime() / 1_000),
  })
  return ticket ?? findTicket(client, { appointmentId })
}

async function makeTicket(
  client: pg.ClientBase,
  ticket: Omit<NewTicket, 'label'>,
): Promise<TicketRow | undefined> {
  const label = labelOf(await nextNumber(client, ticket.clinic_id, ticket.day))
  return insertTicket(client, { ...ticket, label })
}

function made(ticket: TicketRow | undefined): TicketRow {
  if (ticket === undefined) throw new ProblemError(BookingErrors.BOOKING_TICKET_NOT_FOUND)
  return ticket
}

/** What a step of a ticket is to its appointment. */
const OF_APPOINTMENT = { serve: 'start', finish: 'complete' } as const

/**
 * One step of a ticket; its appointment takes it, too, by the rules of its own life. Throws BOOKING_TICKET_NOT_FOUND,
 * BOOKING_TICKET_STEP, and as a change of an appointment does.
 */
export async function stepTicket(
  deps: ChangeDeps,
  { id, step }: { id: string; step: Exclude<TicketStep, 'call'> },
  { caller, traceparent }: Acting,
): Promise<TicketRow> {
  const ticket = made(await findTicket(deps.pool, { id }))
  if (ticketStep(ticket.state, step) === undefined) throw illegal(ticket)
  if (ticket.appointment_id !== null && (step === 'serve' || step === 'finish'))
    await changeAppointment(deps, {
      ...{ id: ticket.appointment_id, action: OF_APPOINTMENT[step], caller, traceparent },
      ...{ reason: undefined, expected: undefined },
    })
  return withTransaction(deps.pool, async (client) => {
    const locked = made(await findTicket(client, { id }, true))
    const to = ticketStep(locked.state, step)
    // The event of the appointment may have been here first.
    if (locked.appointment_id !== null && locked.state === ticketStep(ticket.state, step)) return locked
    if (to === undefined) throw illegal(locked)
    return made(await putState(client, id, to))
  })
}

const illegal = ({ state }: TicketRow) =>
  new ProblemError(BookingErrors.BOOKING_TICKET_STEP, { detail: `It is ${state}` })
