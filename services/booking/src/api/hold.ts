import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { extendHold } from '../store/extend-hold.ts'
import { findHold } from '../store/find-hold.ts'
import { holdSlot } from '../store/hold-slot.ts'
import { lockPatient, lockPatientService } from '../store/lock-patient-service.ts'
import { type ChangeDeps, lockOwn, partOf } from './change.ts'
import { noteTaken } from './note.ts'
import { type RefusalDeps, refusalOf } from './refusal.ts'
import { eventOf } from './tell.ts'

export interface HoldDeps extends ChangeDeps, RefusalDeps {}

export interface HoldCall {
  doctorId: string
  serviceId: string
  patientId: string
  /** Unix seconds. */
  startSeconds: number
  caller: Caller
  traceparent: string
}

/** How long a hold lasts, and how much longer when it is extended; seconds. */
export const HOLD_SECONDS = 300

/** A room that is taken in the moment it is chosen leaves others to choose from. */
const TRIES = 5

/**
 * Keeps a slot for a patient for five minutes. Asking again for the same slot gives the same hold. Throws refusals as a
 * booking does, with alternatives.
 */
export async function hold(deps: HoldDeps, call: HoldCall): Promise<AppointmentRow> {
  for (let attempt = 1; ; attempt++) {
    const made = await tryToHold(deps, call)
    if (!('refusal' in made)) {
      noteTaken(deps.availability, made)
      deps.availability.holders.note(made.patient_id)
      return made
    }
    if (made.refusal !== 'again' || attempt >= TRIES)
      throw await refusalOf(deps, call, undefined, made.refusal)
  }
}

async function tryToHold(deps: HoldDeps, call: HoldCall): Promise<AppointmentRow | { refusal: string }> {
  return withTransaction(deps.pool, async (client) => {
    // What is counted for a patient must not be counted by two at once.
    await lockPatient(client, call.patientId, 'holds')
    await lockPatientService(client, call.patientId, call.serviceId)
    const known = await findHold(client, call)
    if (known !== undefined) return known
    const visit = { ...call, id: deps.newId(), principalId: call.caller.id }
    const made = await holdSlot(client, visit, HOLD_SECONDS)
    if ('refusal' in made) return made
    const telling = { ...deps, type: 'appointment.held', traceparent: call.traceparent }
    await appendEvents(client, [eventOf(made, telling)])
    return made
  })
}

/** Lets a hold last five minutes longer, once. Throws BOOKING_NOT_FOUND, BOOKING_HOLD_NOT_EXTENDED. */
export async function extend(
  deps: ChangeDeps,
  { id, caller, traceparent }: { id: string; caller: Caller; traceparent: string },
): Promise<AppointmentRow> {
  return withTransaction(deps.pool, async (client) => {
    const row = await lockOwn(client, { id, caller })
    const actorPart = partOf(caller, row)
    const extended = await extendHold(client, { id, actorId: caller.id, actorPart, seconds: HOLD_SECONDS })
    if (extended === undefined) throw new ProblemError(BookingErrors.BOOKING_HOLD_NOT_EXTENDED)
    await appendEvents(client, [eventOf(extended, { ...deps, type: 'appointment.held', traceparent })])
    return extended
  })
}
