import { hash } from 'node:crypto'

import type pg from 'pg'

import { type AppointmentEvent, type ReplanProposed } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { appendEvents, type OutgoingEvent } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import type { HoldDeps } from '../api/hold.ts'
import { plainRefusal } from '../api/refusal.ts'
import { eventOf } from '../api/tell.ts'
import { dateAt, dayOf } from '../domain/clinic-day.ts'
import { formatInstant } from '../domain/instants.ts'
import { MOVABLE } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import { requestIdOf } from '../intake/request-id.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { listClinics } from '../store/list-clinics.ts'
import { listVisitsOfDoctors } from '../store/list-grid-visits.ts'
import {
  findReplan,
  insertReplan,
  listClaims,
  lockProposals,
  putProposal,
  type ReplanRow,
} from '../store/replans.ts'
import { type Proposed, propose } from './propose.ts'

export interface ReplanCall {
  doctorId: string
  /** A date such as 2027-03-01. */
  date: string
  reason: string
  caller: Caller
  /** The Idempotency-Key. */
  key: string
  traceparent: string
}

const MOST_VISITS = 500

/** What would be proposed for the visits of a doctor's day. Nothing is written. */
export async function dryRun(deps: HoldDeps, call: Omit<ReplanCall, 'key'>): Promise<Proposed[]> {
  assertOwn(call)
  return propose(deps, await visitsOf(deps, call), [])
}

/**
 * Proposes another time or doctor to every patient of a doctor's day, and tells them. The visits stay where they are
 * until the patients accept. The same key gives the same plan. Returns its id. Throws BOOKING_REPLAN_NOT_FOUND for the
 * day of another doctor, BOOKING_DOCTOR_UNKNOWN, BOOKING_INSTANT_INVALID, BOOKING_IN_THE_PAST, BOOKING_KEY_REUSED.
 */
export async function planDay(deps: HoldDeps, call: ReplanCall): Promise<string> {
  assertOwn(call)
  const { doctorId, date, reason, caller, key } = call
  const asked = JSON.stringify([doctorId, date, reason])
  const row: ReplanRow = {
    id: requestIdOf(caller.id, `${key} replan`),
    fingerprint: requestIdOf(caller.id, hash('sha256', asked, 'hex')),
    ...{ principal_id: caller.id, doctor_id: doctorId, day: date, reason },
  }
  // The plan of yesterday is still there for its key, when a new one would be refused.
  if (await isThere(deps.pool, row)) return row.id
  const visits = await visitsOf(deps, call)
  await withTransaction(deps.pool, async (client) => {
    await lockProposals(client)
    if ((await isThere(client, row)) || !(await insertReplan(client, row))) return
    const proposed = await propose(deps, visits, await listClaims(client))
    for (const one of proposed) await putProposal(client, row.id, proposalOf(one))
    await appendEvents(
      client,
      proposed.map((one) => proposedEvent(deps, one, { replanId: row.id, traceparent: call.traceparent })),
    )
  })
  return row.id
}

/** Whether the key has given a plan. Throws BOOKING_KEY_REUSED when it is another. */
async function isThere(client: pg.ClientBase | pg.Pool, row: ReplanRow): Promise<boolean> {
  const known = await findReplan(client, row.id)
  if (known !== undefined && known.fingerprint !== row.fingerprint)
    throw new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
  return known !== undefined
}

/** A proposal as it is stored. */
export const proposalOf = ({ row, proposal }: Proposed) => ({
  appointmentId: row.id,
  was: Number(row.starts),
  proposal:
    proposal === undefined
      ? undefined
      : { start: proposal.slot.start, end: proposal.slot.end, claim: proposal.claim },
})

/** Doctors plan their own days, staff everybody's. */
function assertOwn({ caller, doctorId }: Pick<ReplanCall, 'caller' | 'doctorId'>): void {
  if (doctorId !== caller.id && !caller.can('appointment:read-any'))
    throw new ProblemError(BookingErrors.BOOKING_REPLAN_NOT_FOUND, { field: 'doctorId' })
}

/** The visits of the day that can still be moved, by start. Throws BOOKING_DOCTOR_UNKNOWN, BOOKING_INSTANT_INVALID, BOOKING_IN_THE_PAST. */
async function visitsOf(
  deps: HoldDeps,
  { doctorId, date }: Pick<ReplanCall, 'doctorId' | 'date'>,
): Promise<AppointmentRow[]> {
  if (!deps.catalogue().doctors.has(doctorId)) throw plainRefusal('doctor_unknown')
  const clinics = await listClinics(deps.pool, deps.catalogue().clinics.keys().toArray())
  const days = clinics.map(({ zone }) => dayOf(date, zone))
  const [some] = days
  if (some === undefined) throw new ProblemError(BookingErrors.BOOKING_INSTANT_INVALID, { field: 'date' })
  const range = {
    start: Math.min(...days.map((day) => day?.start ?? Infinity)),
    end: Math.max(...days.map((day) => day?.end ?? -Infinity)),
  }
  const now = deps.now().getTime() / 1_000
  if (range.end <= now) throw new ProblemError(BookingErrors.BOOKING_IN_THE_PAST, { field: 'date' })
  const zones = new Map(clinics.map(({ id, zone }) => [id, zone]))
  const clinicIds = [...zones.keys()]
  const rows = await listVisitsOfDoctors(deps.pool, {
    range,
    doctorIds: [doctorId],
    clinicIds,
    limit: MOST_VISITS,
  })
  return rows.filter(
    ({ status, starts, clinic_id: clinicId }) =>
      MOVABLE.has(status) &&
      Number(starts) > now &&
      dateAt(Number(starts), zones.get(clinicId) ?? 'UTC') === date,
  )
}

/** Tells a patient what is proposed. */
export function proposedEvent(
  deps: HoldDeps,
  { row, proposal }: Proposed,
  { replanId, traceparent }: { replanId: string; traceparent: string },
): OutgoingEvent {
  const { subject, event } = eventOf(row, { ...deps, type: 'appointment.proposed', traceparent })
  const slot = proposal?.slot
  const data: ReplanProposed = {
    ...(event.data as AppointmentEvent),
    replanId,
    proposal:
      slot === undefined
        ? null
        : { doctorId: slot.doctorId, start: formatInstant(slot.start), end: formatInstant(slot.end) },
  }
  return { subject, event: { ...event, type: 'replan.proposed', data } }
}
