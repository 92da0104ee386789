import type { ActorPart } from '@medqueue/contracts'
import type pg from 'pg'

import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { type Action, isLate, type Transition, transition } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { changeStatus, type LockedRow, lockAppointment } from '../store/change-status.ts'
import { mayRead } from './booking.ts'
import { noteFreed } from './note.ts'
import { eventOf } from './tell.ts'

export interface ChangeDeps {
  pool: pg.Pool
  availability: Availability
  now: () => Date
  newId: () => string
}

export interface Change {
  id: string
  action: Action
  caller: Caller
  reason: string | undefined
  /** Version from If-Match, or undefined for any. */
  expected: number | undefined
  traceparent: string
}

/**
 * Changes an appointment's status and writes the event, in one transaction. Throws BOOKING_NOT_FOUND for somebody
 * else's, BOOKING_STALE, BOOKING_ILLEGAL_TRANSITION (with the decision that was made first), BOOKING_REASON_MISSING,
 * BOOKING_TOO_EARLY. Cancelling what is cancelled already changes nothing.
 */
export async function changeAppointment(deps: ChangeDeps, change: Change): Promise<AppointmentRow> {
  const changed = await withTransaction(deps.pool, async (client) => {
    const row = await lockOwn(client, change)
    const { action, caller, reason } = change
    if (row.status === 'cancelled' && isRepeated(action, row)) return row
    if (change.expected !== undefined && change.expected !== row.version)
      throw new ProblemError(BookingErrors.BOOKING_STALE)
    const part = partOf(caller, row)
    const asked = { action, part, reason, startsIn: Number(row.starts) - deps.now().getTime() / 1_000 }
    const next = transition(row.status, asked)
    if (typeof next === 'string') throw problemOf(next, row)
    const changed = await changeStatus(client, {
      id: row.id,
      status: next.to,
      reason: reason ?? null,
      late: row.late || isLate(asked, row.cancel_notice),
      action,
      actorId: caller.id,
      actorPart: part,
    })
    if (changed === undefined) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
    await appendEvents(client, [
      eventOf(changed, { ...deps, type: next.event, traceparent: change.traceparent }),
    ])
    return changed
  })
  noteFreed(deps.availability, changed)
  return changed
}

const isRepeated = (action: Action, row: AppointmentRow) =>
  action === 'cancel' || (action === 'release' && row.action === 'release')

/** The row, locked, when the caller takes part in it. Throws BOOKING_NOT_FOUND. */
export async function lockOwn(
  client: pg.ClientBase,
  { id, caller }: Pick<Change, 'id' | 'caller'>,
): Promise<LockedRow> {
  const row = await lockAppointment(client, id)
  // Whoever holds a slot for a patient may let it go.
  const own = row?.status === 'held' && row.actor_id === caller.id
  if (row === undefined || (!own && !mayRead(caller, row)))
    throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
  return row
}

/** In which part the caller acts: its doctor, its patient, or staff. */
export function partOf(caller: Caller, row: Pick<AppointmentRow, 'doctor_id' | 'patient_id'>): ActorPart {
  if (row.doctor_id === caller.id) return 'doctor'
  return row.patient_id === caller.id ? 'patient' : 'staff'
}

function problemOf(refusal: Extract<Transition, string>, row: AppointmentRow): ProblemError {
  if (refusal === 'reason-missing')
    return new ProblemError(BookingErrors.BOOKING_REASON_MISSING, { field: 'reason' })
  if (refusal === 'too-early') return new ProblemError(BookingErrors.BOOKING_TOO_EARLY)
  const { status, action, actor_part: by, reason } = row
  return new ProblemError(BookingErrors.BOOKING_ILLEGAL_TRANSITION, {
    detail: `It is ${status}`,
    extra: { decision: { status, action, by, ...(reason === null ? {} : { reason }) } },
  })
}
