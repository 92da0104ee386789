import type pg from 'pg'

import { isUnavailable } from '@medqueue/database'
import type { Caller } from '@medqueue/service-kit'
import { ProblemError } from '@medqueue/service-kit'

import { precheck } from '../domain/precheck.ts'
import { BookingErrors, refusalError } from '../errors.ts'
import type { Answer, Intake } from '../intake/intake.ts'
import type { BookingOrder, QueuedRequest } from '../intake/order.ts'
import { fingerprintOf, requestIdOf } from '../intake/request-id.ts'
import type { Alternatives } from '../slots/alternatives.ts'
import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { findRequest, type RequestRow } from '../store/find-request.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import type { Appointment } from './schemas.ts'
import { appointmentView, decidedView, slotView } from './views.ts'

export interface BookingDeps {
  pool: pg.Pool
  intake: Intake
  catalogue: () => Catalogue
  alternatives: Alternatives
  availability: Availability
  /** Unix seconds. */
  now: () => number
}

export interface BookCall {
  order: BookingOrder
  principalId: string
  /** The Idempotency-Key. */
  key: string
  waitMs: number
  traceparent: string
}

export interface Booking {
  /**
   * Queues an order and waits for its decision. Throws the refusal as a problem: 409 with alternatives for a lost
   * slot, 422 for what can never be booked.
   */
  book: (call: BookCall) => Promise<Appointment | { id: string; status: 'queued' }>
  /** An appointment the caller takes part in. Throws BOOKING_NOT_FOUND for everybody else's. */
  get: (id: string, caller: Caller) => Promise<Appointment>
}

/** True when the caller is the patient or the doctor of the row, or may read everybody's. */
export function mayRead(caller: Caller, row: Pick<AppointmentRow, 'patient_id' | 'doctor_id'>): boolean {
  return row.patient_id === caller.id || row.doctor_id === caller.id || caller.can('appointment:read-any')
}

export function createBooking(deps: BookingDeps): Booking {
  const { pool, intake } = deps
  return {
    book: async ({ order, principalId, key, waitMs, traceparent }) => {
      const id = requestIdOf(principalId, key)
      const request: QueuedRequest = {
        ...order,
        id,
        fingerprint: fingerprintOf(order),
        principalId,
        traceparent,
      }
      await refuseEarly(deps, request)
      const answer = await intake.submit(request, waitMs)
      noteIn(deps, request, answer)
      return answerOf(deps, request, answer)
    },
    get: async (id, caller) => {
      const row = await findAppointment(pool, id)
      if (row === undefined || !mayRead(caller, row)) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      return appointmentView(row)
    },
  }
}

/** Whoever is told now may look at once, and must not see the slot as it was before. */
function noteIn(
  { availability, catalogue }: BookingDeps,
  request: QueuedRequest,
  { decision }: Answer,
): void {
  const { doctorId, serviceId, startSeconds: start } = request
  const service = catalogue().services.get(serviceId)
  if (service === undefined || (decision !== 'booked' && decision !== 'pending'))
    availability.forget(doctorId, start)
  else availability.occupy(doctorId, { start, end: start + service.duration + service.bufferAfter })
}

/**
 * Refuses what cannot be booked whatever the queue holds, before anything is written. A replay of a request that was
 * decided while it still could be booked gets its stored answer instead.
 */
async function refuseEarly(deps: BookingDeps, request: QueuedRequest): Promise<void> {
  const reason = precheck(request, deps.catalogue(), deps.now())
  if (reason === undefined) return
  if ((await findRequest(deps.pool, request.id)) !== undefined) return
  throw new ProblemError(refusalError(reason), { field: FIELD_OF[reason] ?? 'start' })
}

const FIELD_OF: Readonly<Record<string, string>> = {
  doctor_unknown: 'doctorId',
  doctor_inactive: 'doctorId',
  service_unknown: 'serviceId',
  service_not_offered: 'serviceId',
  patient_unknown: 'patientId',
  patient_overlap: 'start',
}

type BookResult = Appointment | { id: string; status: 'queued' }

async function answerOf(deps: BookingDeps, request: QueuedRequest, answer: Answer): Promise<BookResult> {
  switch (answer.decision) {
    case 'booked':
    case 'pending':
      return decidedView(request, answer)
    case 'refused':
      throw await refusal(deps, request, answer.reason)
    case 'conflict':
      throw new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
    case 'failed':
      throw new ProblemError(BookingErrors.BOOKING_FAILED, { extra: { requestId: request.id } })
    case 'known':
      return stored(deps, request)
    case 'queued':
      return stored(deps, request).catch((error: unknown) => {
        // It is safe in the queue, whatever the database does now.
        if (isUnavailable(error)) return { id: request.id, status: 'queued' as const }
        throw error
      })
  }
}

/** The answer from the record: a replay, or a decision whose message did not come in time. */
async function stored(deps: BookingDeps, request: QueuedRequest): Promise<BookResult> {
  const record = await findRequest(deps.pool, request.id)
  if (record === undefined) return { id: request.id, status: 'queued' }
  if (record.fingerprint !== request.fingerprint) {
    throw new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
  }
  return storedDecision(deps, request, record)
}

async function storedDecision(
  deps: BookingDeps,
  request: QueuedRequest,
  record: RequestRow,
): Promise<Appointment> {
  if (record.decision === 'refused') throw await refusal(deps, request, record.reason ?? '')
  const row = record.decision === 'failed' ? undefined : await findAppointment(deps.pool, record.id)
  if (row === undefined)
    throw new ProblemError(BookingErrors.BOOKING_FAILED, { extra: { requestId: request.id } })
  // As it was decided: what happened since is for GET to tell.
  return appointmentView({
    ...row,
    status: record.decision === 'pending' ? 'pending' : 'booked',
    reason: null,
    version: 1,
  })
}

async function refusal(deps: BookingDeps, request: QueuedRequest, reason: string): Promise<ProblemError> {
  const entry = refusalError(reason)
  const field = FIELD_OF[reason] ?? 'start'
  if (entry.status !== 409) return new ProblemError(entry, { field })
  return new ProblemError(entry, {
    field,
    extra: { requestId: request.id, alternatives: await alternativesFor(deps, request) },
  })
}

async function alternativesFor({ catalogue, alternatives }: BookingDeps, request: QueuedRequest) {
  const { doctorId, serviceId, startSeconds } = request
  const shape = catalogue().services.get(serviceId)
  const doctor = catalogue().doctors.get(doctorId)
  if (shape === undefined || doctor === undefined) return []
  const wish = { doctorId, serviceId, specialtyId: doctor.specialtyId, start: startSeconds, shape }
  // The refusal stands whether or not anything else can be found now.
  const slots = await alternatives(wish).catch(() => [])
  return slots.map((slot) => slotView(slot, serviceId))
}
