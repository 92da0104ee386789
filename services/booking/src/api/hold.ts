import { withRetries, withTransaction } from '@medqueue/database'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { extendHold } from '../store/extend-hold.ts'
import { holdAndTell } from '../store/hold-and-tell.ts'
import { shownTo } from './access.ts'
import type { ChangeDeps } from './change.ts'
import { noteTaken } from './note.ts'
import { withOwn } from './own.ts'
import { type ForPatient, stillProxied } from './patient-of.ts'
import { type RefusalDeps, refusalOf } from './refusal.ts'
import { eventOf } from './tell.ts'

export interface HoldDeps extends ChangeDeps, RefusalDeps {}

export interface HoldCall extends ForPatient {
  doctorId: string
  serviceId: string
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
  const visit = { ...call, id: deps.newId(), principalId: call.caller.id }
  const telling = {
    eventId: deps.newId(),
    occurredAt: deps.now().toISOString(),
    traceparent: call.traceparent,
  }
  if (call.byProxy === undefined)
    return withRetries(() => holdAndTell(deps.pool, visit, HOLD_SECONDS, telling))
  return withTransaction(deps.pool, async (client) => {
    await stillProxied(client, call.caller, call.patientId)
    return holdAndTell(client, visit, HOLD_SECONDS, telling)
  })
}

/** Lets a hold last five minutes longer, once. Throws BOOKING_NOT_FOUND, BOOKING_HOLD_NOT_EXTENDED. */
export async function extend(
  deps: ChangeDeps,
  { id, caller, traceparent }: { id: string; caller: Caller; traceparent: string },
): Promise<AppointmentRow> {
  // Only a hold that is still to be extended is worth another look: somebody may have extended or booked it meanwhile.
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const extended = await withOwn(deps.pool, { id, caller }, async (db, { row, access }) => {
      if (row.status !== 'held' || row.extended) throw notExtended()
      const changed = { ...row, version: row.version + 1, actor_id: caller.id, actor_part: access.part }
      const told = eventOf(changed, { ...deps, type: 'appointment.held', traceparent })
      const held = await extendHold(db, changed, HOLD_SECONDS, told)
      return held === undefined ? undefined : shownTo(access, held)
    })
    if (extended !== undefined) return extended
  }
  throw notExtended()
}

const notExtended = () => new ProblemError(BookingErrors.BOOKING_HOLD_NOT_EXTENDED)
