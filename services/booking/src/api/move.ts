import type { ActorPart } from '@medqueue/contracts'
import { errorCode, withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { formatInstant } from '../domain/instants.ts'
import { MOVABLE } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import type { ChangeableRow } from '../store/lock-appointment.ts'
import { lockPatientService } from '../store/lock-patient-service.ts'
import { moveAppointment } from '../store/move-appointment.ts'
import { type Access, shownTo } from './access.ts'
import type { HoldDeps } from './hold.ts'
import { noteTaken } from './note.ts'
import { requireOverbook } from './overbook.ts'
import { lockOwn } from './own.ts'
import { refusalOf } from './refusal.ts'
import { eventOf, placeOf } from './tell.ts'

export interface Move {
  id: string
  caller: Caller
  /** Unix seconds. */
  startSeconds: number
  /** The same when not said. */
  doctorId: string | undefined
  serviceId: string | undefined
  overbook: string | undefined
  /** Version from If-Match, or undefined for any. */
  expected: number | undefined
  traceparent: string
}

const EXCLUSION_VIOLATION = '23P01'
const UNIQUE_VIOLATION = '23505'
const TRIES = 5

/**
 * Moves an appointment to another time, doctor or service, in one transaction: at no moment has the patient two slots
 * or none. Throws BOOKING_NOT_FOUND, BOOKING_STALE, BOOKING_ILLEGAL_TRANSITION, and refusals as a booking does, with
 * alternatives; then it stays where it is.
 */
export async function move(deps: HoldDeps, wish: Move): Promise<AppointmentRow> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryToMove(deps, wish)
    } catch (error) {
      const raced = [EXCLUSION_VIOLATION, UNIQUE_VIOLATION].includes(errorCode(error) ?? '')
      // Somebody else took it in this very moment: the next look sees by whom, or finds another room.
      if (!raced || attempt >= TRIES) throw error
    }
  }
}

type Outcome = { row: AppointmentRow; moved: AppointmentRow } | { row: AppointmentRow; refusal: string }

async function tryToMove(deps: HoldDeps, wish: Move): Promise<AppointmentRow> {
  const outcome = await withTransaction(deps.pool, (client) => moveIn(client, deps, wish))
  const { row } = outcome
  const asked = {
    doctorId: wish.doctorId ?? row.doctor_id,
    serviceId: wish.serviceId ?? row.service_id,
    patientId: row.patient_id,
    startSeconds: wish.startSeconds,
  }
  if ('refusal' in outcome) throw await refusalOf(deps, asked, undefined, outcome.refusal)
  noteTaken(deps.availability, row)
  noteTaken(deps.availability, outcome.moved)
  return outcome.moved
}

async function moveIn(
  client: Parameters<typeof moveAppointment>[0],
  deps: HoldDeps,
  wish: Move,
): Promise<Outcome> {
  const { row, access } = await lockOwn(client, wish)
  if (wish.expected !== undefined && wish.expected !== row.version)
    throw new ProblemError(BookingErrors.BOOKING_STALE)
  if (!MOVABLE.has(row.status))
    throw new ProblemError(BookingErrors.BOOKING_ILLEGAL_TRANSITION, { detail: `It is ${row.status}` })
  const { doctorId = row.doctor_id, serviceId = row.service_id, startSeconds, overbook } = wish
  if (isThere(row, doctorId, serviceId, startSeconds)) return { row, moved: shownTo(access, row) }
  if (overbook !== undefined) requireOverbook(wish.caller, { doctorId, patientId: row.patient_id })
  await lockPatientService(client, row.patient_id, serviceId)
  const visit = {
    id: row.id,
    ownId: row.id,
    principalId: wish.caller.id,
    patientId: row.patient_id,
    doctorId,
    serviceId,
    startSeconds,
    overbook,
  }
  const moved = await moveAppointment(client, visit, moverOf(deps, access, row))
  if ('refusal' in moved) return { row, refusal: moved.refusal }
  const previous = {
    doctorId: row.doctor_id,
    start: formatInstant(Number(row.starts)),
    end: formatInstant(Number(row.ends)),
    ...placeOf(row),
  }
  const telling = { ...deps, type: 'appointment.moved', traceparent: wish.traceparent, previous }
  await appendEvents(client, [eventOf(moved, telling)])
  return { row, moved: shownTo(access, moved) }
}

/** In which part the caller moves it. A patient does so before the start, and is late as one who cancels would be. */
function moverOf(
  { now }: HoldDeps,
  { part }: Access,
  row: ChangeableRow,
): { part: ActorPart; late: boolean } {
  const startsIn = Number(row.starts) - now().getTime() / 1_000
  if (part === 'patient' && startsIn <= 0) throw new ProblemError(BookingErrors.BOOKING_MOVE_TOO_LATE)
  return { part, late: part === 'patient' && startsIn < row.cancel_notice }
}

const isThere = (row: AppointmentRow, doctorId: string, serviceId: string, start: number) =>
  row.doctor_id === doctorId && row.service_id === serviceId && Number(row.starts) === start
