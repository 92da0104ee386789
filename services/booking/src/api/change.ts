import type { ActorPart } from '@medqueue/contracts'
import type pg from 'pg'

import { withRetries } from '@medqueue/database'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { type Action, isLate, type Transition, transition } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { changedRow, changeStatus } from '../store/change-status.ts'
import { type ChangeableRow, lockAppointment, readAppointment } from '../store/lock-appointment.ts'
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

/** Somebody else changed it between the look and the change: it is looked at again, at most so often. */
const TRIES = 20

/**
 * Changes an appointment's status and writes the event, in one statement. Throws BOOKING_NOT_FOUND for somebody
 * else's, BOOKING_STALE, BOOKING_ILLEGAL_TRANSITION (with the decision that was made first), BOOKING_REASON_MISSING,
 * BOOKING_TOO_EARLY. Cancelling what is cancelled already changes nothing.
 */
export async function changeAppointment(deps: ChangeDeps, change: Change): Promise<AppointmentRow> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const row = await readOwn(deps.pool, change)
    if (row.status === 'cancelled' && isRepeated(change.action, row)) return row
    const { changed, event } = decide(deps, change, row)
    const told = eventOf(changed, { ...deps, type: event, traceparent: change.traceparent })
    if (!(await withRetries(() => changeStatus(deps.pool, changed, told)))) continue
    noteFreed(deps.availability, changed)
    return changed
  }
  throw new ProblemError(BookingErrors.BOOKING_STALE)
}

/** The row as it will be, and the type of the event; or throws why not. */
function decide({ now }: ChangeDeps, change: Change, row: ChangeableRow) {
  const { action, caller, reason, expected } = change
  if (expected !== undefined && expected !== row.version) throw new ProblemError(BookingErrors.BOOKING_STALE)
  const part = partOf(caller, row)
  const asked = { action, part, reason, startsIn: Number(row.starts) - now().getTime() / 1_000 }
  const next = transition(row.status, asked)
  if (typeof next === 'string') throw problemOf(next, row)
  const changed = changedRow(row, {
    status: next.to,
    reason: reason ?? null,
    late: row.late || isLate(asked, row.cancel_notice),
    action,
    actorId: caller.id,
    actorPart: part,
  })
  return { changed, event: next.event }
}

const isRepeated = (action: Action, row: AppointmentRow) =>
  action === 'cancel' || (action === 'release' && row.action === 'release')

/** The row, locked, when the caller takes part in it. Throws BOOKING_NOT_FOUND. */
export async function lockOwn(
  client: pg.ClientBase,
  { id, caller }: Pick<Change, 'id' | 'caller'>,
): Promise<ChangeableRow> {
  return requireOwn(await lockAppointment(client, id), caller)
}

/** The same without a lock. */
export async function readOwn(
  pool: pg.Pool,
  { id, caller }: Pick<Change, 'id' | 'caller'>,
): Promise<ChangeableRow> {
  return requireOwn(await readAppointment(pool, id), caller)
}

function requireOwn(row: ChangeableRow | undefined, caller: Caller): ChangeableRow {
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
