import type pg from 'pg'

import { type Caller, ProblemError } from '@medqueue/service-kit'

import { type Action, isLate, type Transition, transition } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { changedRow, changeStatus } from '../store/change-status.ts'
import { type Access, shownTo } from './access.ts'
import { noteFreed } from './note.ts'
import { type OwnRow, withOwn } from './own.ts'
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
  /** What the caller was let do when this began; asked for when it is not said. */
  access?: Access | undefined
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
    const changed = await withOwn(deps.pool, change, (db, own) => tryToChange(db, deps, change, own))
    if (changed === undefined) continue
    noteFreed(deps.availability, changed)
    return changed
  }
  throw new ProblemError(BookingErrors.BOOKING_STALE)
}

async function tryToChange(
  db: Pick<pg.ClientBase, 'query'>,
  deps: ChangeDeps,
  change: Change,
  own: OwnRow,
): Promise<AppointmentRow | undefined> {
  const { row, access } = own
  if (row.status === 'cancelled' && isRepeated(change.action, row)) return shownTo(access, row)
  const { changed, event } = decide(deps, change, own)
  const told = eventOf(changed, { ...deps, type: event, traceparent: change.traceparent })
  return (await changeStatus(db, changed, told)) ? shownTo(access, changed) : undefined
}

/** The row as it will be, and the type of the event; or throws why not. */
function decide({ now }: ChangeDeps, change: Change, { row, access }: OwnRow) {
  const { action, caller, reason, expected } = change
  if (expected !== undefined && expected !== row.version) throw new ProblemError(BookingErrors.BOOKING_STALE)
  const { part } = access
  const asked = { action, part, reason, startsIn: Number(row.starts) - now().getTime() / 1_000 }
  const next = transition(row.status, asked)
  if (typeof next === 'string') throw problemOf(next, shownTo(access, row))
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
