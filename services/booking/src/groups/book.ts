import { hash } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { answered, hasAnswers } from '../api/answered.ts'
import type { Booking } from '../api/booking.ts'
import { HOLD_SECONDS, type HoldDeps } from '../api/hold.ts'
import { type ForPatient, stillProxied } from '../api/patient-of.ts'
import { alternativesFor, plainRefusal } from '../api/refusal.ts'
import { refusalError } from '../api/refusal-errors.ts'
import { takeBack } from '../api/take-back.ts'
import { eventOf } from '../api/tell.ts'
import { type Booked, isDecision, isOnItsWay } from '../api/verdict.ts'
import type { Answers } from '../domain/answers.ts'
import { BookingErrors } from '../errors.ts'
import { requestIdOf, saidOf } from '../intake/request-id.ts'
import { findGroup, type GroupRow, insertGroup, lockSeats } from '../store/groups.ts'
import { holdSlot } from '../store/hold-slot.ts'
import { lockPatient, lockPatientService } from '../store/lock-patient-service.ts'

export interface GroupDeps extends HoldDeps {
  book: Booking['book']
}

export interface GroupCall {
  doctorId: string
  serviceId: string
  /** Unix seconds. */
  startSeconds: number
  /** Two or more, each once. */
  patients: readonly ForPatient[]
  /** The same for every patient. */
  message: string | undefined
  answers: Answers | undefined
  caller: Caller
  /** The Idempotency-Key. */
  key: string
  waitMs: number
  traceparent: string
}

export interface BookedGroup {
  id: string
  /** In the order of the patients. */
  booked: Booked[]
}

/** A seat that is taken in the moment it is chosen leaves others to choose from. */
const TRIES = 8

/**
 * Books several patients into one start of a service with seats: all of them or none. Every seat is held in one
 * transaction; then the holds are booked through the queue, and when one is refused all are given back.
 *
 * Ids are derived from the key, as those of a series. Throws refusals as a booking does, BOOKING_KEY_REUSED, and for a
 * service with fewer seats BOOKING_SESSION_FULL.
 */
export async function bookGroup(deps: GroupDeps, call: GroupCall): Promise<BookedGroup> {
  const row = rowOf(call)
  const known = await findGroup(deps.pool, row.id)
  if (known !== undefined) refuseOther(known, row)
  const isFirst = known === undefined && (await begin(deps, call, row))
  const tried = await Promise.allSettled(call.patients.map((_, index) => bookOne(deps, call, index)))
  const failed = tried.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  if (failed.length === 0) {
    return { id: row.id, booked: tried.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])) }
  }
  if (isEnd(failed, isFirst)) await undo(deps, call)
  throw failed.find(isRefused) ?? failed[0]
}

const isRefused = (error: unknown) => error instanceof ProblemError && isDecision(error)

/**
 * Whether the group is given back. What was sent again may be booked already: that the queue cannot take it now does not end
 * it, nor that it is on its way a second time.
 */
function isEnd(failed: readonly unknown[], isFirst: boolean): boolean {
  if (failed.some(isRefused)) return true
  return isFirst && !failed.some((error) => error instanceof ProblemError && isOnItsWay(error))
}

function rowOf(call: GroupCall): GroupRow {
  const { doctorId, serviceId, startSeconds, patients, message = '', answers, key, caller } = call
  const ids = patients.map(({ patientId }) => patientId)
  const asked = JSON.stringify([doctorId, serviceId, startSeconds, ids, message, ...saidOf(answers)])
  return {
    id: requestIdOf(caller.id, `${key} group`),
    fingerprint: requestIdOf(caller.id, hash('sha256', asked, 'hex')),
    appointment_ids: patients.map((_, index) => seatIdOf(call, index)),
  }
}

/** A hold keeps its id when it is booked. */
const seatIdOf = ({ caller, key }: GroupCall, index: number) => requestIdOf(caller.id, `${key} seat ${index}`)

function refuseOther(known: GroupRow, { fingerprint }: GroupRow): void {
  if (known.fingerprint !== fingerprint)
    throw new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
}

/** Holds the seats; false when the same request, sent twice at once, was first. */
async function begin(deps: GroupDeps, call: GroupCall, row: GroupRow): Promise<boolean> {
  const service = deps.catalogue().services.get(call.serviceId)
  if (service === undefined) throw plainRefusal('service_unknown')
  if (service.capacity < call.patients.length) throw await refused(deps, call, 'session_full')
  const [{ patientId } = { patientId: '' }] = call.patients
  const order = { ...call, patientId }
  if (hasAnswers(order, deps.catalogue())) await answered(deps, order, row.id)
  for (let attempt = 1; ; attempt++) {
    const made = await holdAll(deps, call, row)
    if (made === 'held' || made === 'known') return made === 'held'
    if (made.refusal !== 'again' || attempt >= TRIES) throw await refused(deps, call, made.refusal)
  }
}

/** An error that takes a transaction back and says why. */
class NotAll extends Error {
  override readonly name = 'NotAll'
  readonly refusal: string

  constructor(refusal: string) {
    super(refusal)
    this.refusal = refusal
  }
}

/** Holds a seat for each patient in one transaction; why not, when one cannot be had: then none is. `known`: it was begun. */
async function holdAll(
  deps: GroupDeps,
  call: GroupCall,
  row: GroupRow,
): Promise<'held' | 'known' | { refusal: string }> {
  const { doctorId, serviceId, startSeconds, patients } = call
  // In one order for all groups, so that no two wait for each other.
  const ordered = [...patients.entries()].sort(([, a], [, b]) => (a.patientId < b.patientId ? -1 : 1))
  try {
    return await withTransaction(deps.pool, async (client) => {
      await lockSeats(client, `${doctorId}:${serviceId}:${startSeconds}`)
      for (const [, { patientId, byProxy }] of ordered) {
        if (byProxy === true) await stillProxied(client, call.caller, patientId)
        await lockPatient(client, patientId, 'holds')
        await lockPatientService(client, patientId, serviceId)
      }
      if (!(await insertGroup(client, row))) {
        // The same request, sent twice at once, was first; or another one under the same key.
        const first = await findGroup(client, row.id)
        if (first !== undefined) refuseOther(first, row)
        return 'known'
      }
      for (const [index, { patientId, byProxy }] of ordered) {
        const who = { id: seatIdOf(call, index), principalId: call.caller.id, patientId, byProxy }
        const made = await holdSlot(client, { doctorId, serviceId, startSeconds, ...who }, HOLD_SECONDS)
        if ('refusal' in made) throw new NotAll(made.refusal)
        const telling = { ...deps, type: 'appointment.held', traceparent: call.traceparent }
        await appendEvents(client, [eventOf(made, telling)])
      }
      return 'held'
    })
  } catch (error) {
    if (error instanceof NotAll) return { refusal: error.refusal }
    throw error
  } finally {
    deps.availability.forget(doctorId, startSeconds)
  }
}

/** A refusal with such alternatives as have seats for all. */
async function refused(deps: GroupDeps, call: GroupCall, reason: string): Promise<ProblemError> {
  const entry = refusalError(reason === 'again' ? 'session_full' : reason)
  if (entry.status !== 409) return plainRefusal(reason)
  const { patients } = call
  const order = { ...call, patientId: patients[0]?.patientId ?? '' }
  const free = await alternativesFor(deps, order, reason)
  const alternatives = free.filter(({ seatsLeft = 1 }) => seatsLeft >= patients.length)
  return new ProblemError(entry, { field: 'start', extra: { alternatives } })
}

/** One seat through the queue, which decides it once. */
async function bookOne(deps: GroupDeps, call: GroupCall, index: number): Promise<Booked> {
  const { doctorId, serviceId, startSeconds, patients, message, answers } = call
  const { caller, key, waitMs, traceparent } = call
  const [who] = patients.slice(index)
  if (who === undefined) throw new RangeError('there is no such patient in the group')
  const order = { doctorId, serviceId, startSeconds, ...who, message, holdId: seatIdOf(call, index) }
  return deps.book({
    order: answers === undefined ? order : { ...order, answers },
    principalId: caller.id,
    key: `${key} patient ${index}`,
    waitMs,
    traceparent,
  })
}

/** All or none: what was booked or is held of it is given back. */
async function undo(deps: GroupDeps, call: GroupCall): Promise<void> {
  const { caller, traceparent } = call
  const reason = 'The group could not be booked as a whole'
  for (const [index, { byProxy }] of call.patients.entries())
    await takeBack(deps, { id: seatIdOf(call, index), byProxy, caller, reason, traceparent })
}
