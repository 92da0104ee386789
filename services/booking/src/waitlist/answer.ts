import { withTransaction } from '@medqueue/database'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import type { Booking } from '../api/booking.ts'
import { changeAppointment, type ChangeDeps } from '../api/change.ts'
import { stillProxied } from '../api/patient-of.ts'
import type { Answers } from '../domain/answers.ts'
import { type Booked, findVerdict } from '../api/verdict.ts'
import { BookingErrors } from '../errors.ts'
import { fingerprintOfAcceptance, requestIdOf } from '../intake/request-id.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { findLastOffer } from '../store/find-last-offer.ts'
import { findProxy } from '../store/find-proxy.ts'
import { endEntry, lockEntry } from '../store/waitlist-changes.ts'
import { findEntry, type ListedEntry, type WaitlistRow } from '../store/waitlist-entries.ts'
import { settle } from './settle.ts'
import { stepOf } from './states.ts'

export interface AnswerDeps extends ChangeDeps {
  book: Booking['book']
  /** How long a decision is waited for; milliseconds. */
  waitMs: number
}

export interface Answer {
  id: string
  caller: Caller
  traceparent: string
  /** To the questions of the service. */
  answers?: Answers | undefined
}

/** An entry of the caller's or of those they act for, or of anybody for staff. Throws BOOKING_WAITLIST_NOT_FOUND. */
export async function readEntry(
  { pool }: Pick<AnswerDeps, 'pool'>,
  id: string,
  caller: Caller,
): Promise<ListedEntry & { asProxy: boolean }> {
  const entry = await findEntry(pool, id)
  if (entry === undefined) throw notFound()
  if (mayAnswer(caller, entry)) return { ...entry, asProxy: false }
  const grant = await findProxy(pool, { proxyId: caller.id, patientId: entry.patient_id })
  if (grant === undefined) throw notFound()
  return { ...entry, asProxy: true }
}

const mayAnswer = (caller: Caller, entry: WaitlistRow) =>
  entry.patient_id === caller.id ||
  (entry.principal_id === caller.id && !entry.by_proxy) ||
  caller.can('appointment:read-any')

const notFound = () => new ProblemError(BookingErrors.BOOKING_WAITLIST_NOT_FOUND)

/** What makes an acceptance by this person this one, of whatever was held for the entry. */
const acceptanceOf = (offeredId: string, { id: principalId }: Caller) => ({
  ...{ principalId, key: `waitlist ${offeredId}` },
  fingerprint: fingerprintOfAcceptance(offeredId),
})

/**
 * Books what is offered. Asking again, with whatever answers, gives the first answer. Throws BOOKING_WAITLIST_NO_OFFER, and
 * as a booking with a hold does.
 */
export async function acceptOffer(deps: AnswerDeps, answer: Answer): Promise<Booked> {
  const { id, caller, traceparent, answers } = answer
  const entry = await readEntry(deps, id, caller)
  if (entry.status === 'served') return firstAnswer(deps, entry, caller)
  const held = entry.offer_id === null ? undefined : await findAppointment(deps.pool, entry.offer_id)
  if (held === undefined) throw noOffer(entry)
  const order = {
    ...{ doctorId: held.doctor_id, serviceId: held.service_id, patientId: held.patient_id },
    ...{ startSeconds: Number(held.starts), holdId: held.id, answers },
    ...(entry.asProxy ? { byProxy: true as const } : {}),
  }
  try {
    return await deps.book({ order, ...acceptanceOf(held.id, caller), waitMs: deps.waitMs, traceparent })
  } finally {
    await settle(deps.pool, id)
  }
}

/** What this person was told of the offer that has served the entry. Throws BOOKING_WAITLIST_NO_OFFER. */
async function firstAnswer({ pool }: AnswerDeps, entry: WaitlistRow, caller: Caller): Promise<Booked> {
  const offeredId = await findLastOffer(pool, entry.id)
  if (offeredId === undefined) throw noOffer(entry)
  const { principalId, key, fingerprint } = acceptanceOf(offeredId, caller)
  const verdict = await findVerdict(pool, { id: requestIdOf(principalId, key), fingerprint })
  if (verdict === undefined || verdict.status === 'refused') throw noOffer(entry)
  return verdict
}

/** Lets the slot go to the next. Throws BOOKING_WAITLIST_NO_OFFER. */
export async function declineOffer(deps: AnswerDeps, answer: Answer): Promise<ListedEntry> {
  const entry = await readEntry(deps, answer.id, answer.caller)
  if (entry.offer_id === null) throw noOffer(entry)
  await release(deps, entry.offer_id, answer)
  await settle(deps.pool, entry.id)
  return readEntry(deps, answer.id, answer.caller)
}

/** Leaves the line; what is offered goes to the next. Leaving twice is the same as once. */
export async function leaveWaitlist(deps: AnswerDeps, answer: Answer): Promise<void> {
  const { offer_id: offer, patient_id, asProxy } = await readEntry(deps, answer.id, answer.caller)
  if (offer !== null) await release(deps, offer, answer)
  await withTransaction(deps.pool, async (client) => {
    if (asProxy) await stillProxied(client, answer.caller, patient_id)
    const entry = await lockEntry(client, answer.id)
    if (entry !== undefined && stepOf(entry.status, 'leave') === 'left')
      await endEntry(client, entry.id, 'left')
  })
}

async function release(deps: AnswerDeps, id: string, { caller, traceparent }: Answer): Promise<void> {
  const change = {
    id,
    action: 'release',
    caller,
    reason: undefined,
    expected: undefined,
    traceparent,
  } as const
  await changeAppointment(deps, change)
}

const noOffer = ({ status }: WaitlistRow) =>
  new ProblemError(BookingErrors.BOOKING_WAITLIST_NO_OFFER, { detail: `You are ${status}` })
