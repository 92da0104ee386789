import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { accessTo, shownTo } from '../api/access.ts'
import type { HoldDeps } from '../api/hold.ts'
import { move } from '../api/move.ts'
import { BookingErrors } from '../errors.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import {
  answerProposal,
  listClaims,
  listReplanVisits,
  lockProposals,
  putProposal,
  type ReplanVisitRow,
} from '../store/replans.ts'
import { proposalOf, proposedEvent } from './plan.ts'
import { propose } from './propose.ts'
import { proposalView, stateOf } from './views.ts'

export interface ReplanAnswer {
  replanId: string
  appointmentId: string
  caller: Caller
  traceparent: string
}

/**
 * Moves a visit to where it was proposed, in one transaction: the old time is given up when the new one is had. Accepting
 * twice is the same as once. Throws BOOKING_REPLAN_NOT_FOUND, BOOKING_REPLAN_ANSWERED; and refusals as a move does, with
 * the `proposal` that is made instead: then the visit stays where it is.
 */
export async function acceptProposal(deps: HoldDeps, answer: ReplanAnswer): Promise<AppointmentRow> {
  const visit = await readVisit(deps, answer)
  const state = stateOf(visit)
  if (state === 'accepted') return visit
  if (state !== 'proposed' || visit.to_doctor === null) throw answered(state)
  try {
    const moved = await move(deps, {
      ...{
        id: visit.id,
        caller: answer.caller,
        doctorId: visit.to_doctor,
        startSeconds: Number(visit.to_start),
      },
      ...{
        serviceId: undefined,
        overbook: undefined,
        expected: visit.version,
        traceparent: answer.traceparent,
      },
    })
    await answerProposal(deps.pool, answer, 'over')
    return moved
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    // Another device of the patient, or the front desk, was first.
    if (error.code === BookingErrors.BOOKING_STALE.code) return acceptProposal(deps, answer)
    throw error.extra?.alternatives === undefined && error.statusCode !== 422
      ? error
      : await proposedAnew(deps, answer, { visit, error })
  }
}

/** The slot is gone: something else is proposed, and the refusal says what. */
async function proposedAnew(
  deps: HoldDeps,
  { replanId, traceparent }: ReplanAnswer,
  { visit, error }: { visit: ReplanVisitRow; error: ProblemError },
): Promise<ProblemError> {
  const proposed = await withTransaction(deps.pool, async (client) => {
    await lockProposals(client)
    const [one] = await propose(deps, [visit], await listClaims(client))
    if (one === undefined) return undefined
    await putProposal(client, replanId, proposalOf(one))
    await appendEvents(client, [proposedEvent(deps, one, { replanId, traceparent })])
    return one.proposal?.slot
  })
  const extra = { ...error.extra, proposal: proposed === undefined ? null : proposalView(proposed) }
  return new ProblemError(error.entry, { extra, field: 'appointmentId' })
}

/** The visit stays where it is, and somebody will call. Throws BOOKING_REPLAN_NOT_FOUND, BOOKING_REPLAN_ANSWERED. */
export async function declineProposal(deps: HoldDeps, answer: ReplanAnswer): Promise<ReplanVisitRow> {
  const visit = await readVisit(deps, answer)
  const state = stateOf(visit)
  if (state !== 'proposed' && state !== 'declined') throw answered(state)
  await answerProposal(deps.pool, answer, 'declined')
  return readVisit(deps, answer)
}

async function readVisit(
  { pool }: HoldDeps,
  { replanId, appointmentId, caller }: ReplanAnswer,
): Promise<ReplanVisitRow> {
  const [visit] = await listReplanVisits(pool, replanId, appointmentId)
  const access = visit === undefined ? undefined : await accessTo(pool, caller, visit)
  if (visit === undefined || access === undefined)
    throw new ProblemError(BookingErrors.BOOKING_REPLAN_NOT_FOUND)
  return shownTo(access, visit)
}

const answered = (state: string) =>
  new ProblemError(BookingErrors.BOOKING_REPLAN_ANSWERED, { detail: `It is ${state}` })
