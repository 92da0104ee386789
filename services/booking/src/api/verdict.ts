import type pg from 'pg'

import { isUnavailable } from '@medqueue/database'
import { ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'
import type { Answer, Intake } from '../intake/intake.ts'
import type { QueuedRequest } from '../intake/order.ts'
import type { Availability } from '../slots/availability.ts'
import { findDecided } from '../store/find-decided.ts'
import { findRequest, type RequestRow } from '../store/find-request.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import type { Appointment } from './schemas.ts'
import { appointmentView, decidedView } from './views.ts'

export interface VerdictDeps {
  pool: pg.Pool
  intake: Intake
  availability: Availability
  catalogue: () => Catalogue
}

/** An appointment, or that the request waits for its decision. */
export type Booked = Appointment | { id: string; status: 'queued' }

/** What becomes of a request as far as anybody knows: booked, or why not. */
export type Verdict = Booked | { status: 'refused'; reason: string }

/**
 * Queues a request and waits for its verdict, at most `waitMs`. Throws BOOKING_KEY_REUSED, BOOKING_KEY_IN_FLIGHT,
 * BOOKING_QUEUE_FULL, BOOKING_QUEUE_UNREACHABLE, BOOKING_FAILED.
 */
export async function verdictOf(deps: VerdictDeps, request: QueuedRequest, waitMs: number): Promise<Verdict> {
  const answer = await deps.intake.submit(request, waitMs)
  noteIn(deps, request, answer)
  switch (answer.decision) {
    case 'booked':
    case 'pending':
      // When a request lapses, a room, a device, a seat or a hold's id is known to the record only.
      return answer.decision === 'booked' && isPlain(deps, request)
        ? decidedView(request, answer)
        : notedPlaces(deps, await recorded(deps, request))
    case 'refused':
      return { status: 'refused', reason: answer.reason }
    case 'conflict':
      throw keyReused()
    case 'failed':
      throw failed(request)
    case 'known':
      return recorded(deps, request)
    case 'queued':
      return recorded(deps, request).catch((error: unknown) => {
        // It is safe in the queue, whatever the database does now.
        if (isUnavailable(error)) return { id: request.id, status: 'queued' as const }
        throw error
      })
  }
}

/** False for the queue that cannot take it now, and for the same request on its way: they say nothing of the visit. */
export const isDecision = ({ statusCode, code }: ProblemError): boolean =>
  statusCode < 500 && !isOnItsWay({ code })

/** True for the error that says that the same request is being decided now. */
export const isOnItsWay = ({ code }: Pick<ProblemError, 'code'>): boolean =>
  code === BookingErrors.BOOKING_KEY_IN_FLIGHT.code

function isPlain({ catalogue }: VerdictDeps, { serviceId, holdId, overbook }: QueuedRequest): boolean {
  return holdId === undefined && overbook === undefined && catalogue().services.get(serviceId)?.plain === true
}

/** Whoever is told now may look at once, and must not see the slot as it was before. */
function noteIn({ availability, catalogue }: VerdictDeps, request: QueuedRequest, answer: Answer): void {
  const { doctorId, serviceId, startSeconds: start } = request
  const service = catalogue().services.get(serviceId)
  const made = answer.decision === 'booked' || answer.decision === 'pending'
  if (made && service !== undefined && isPlain({ catalogue } as VerdictDeps, request))
    availability.occupy(doctorId, {
      start: start - service.bufferBefore,
      end: start + service.duration + service.bufferAfter,
    })
  else if (answer.decision !== 'refused') availability.forget(doctorId, start)
  else if (!NOT_THE_DOCTOR.has(answer.reason)) availability.refused(doctorId, start)
}

/** Refusals that say nothing of the doctor's time. */
const NOT_THE_DOCTOR: ReadonlySet<string> = new Set([
  'patient_unknown',
  'patient_overlap',
  'too_many_open',
  'room_taken',
  'device_taken',
  'hold_lost',
  'proxy_ended',
])

/** The same for the room and the device that it was given. */
function notedPlaces({ availability }: VerdictDeps, verdict: Verdict): Verdict {
  if (!('roomId' in verdict || 'deviceId' in verdict)) return verdict
  const at = Math.floor(Date.parse(verdict.start) / 1000)
  if (verdict.roomId !== undefined) availability.forgetResource('room', verdict.roomId, at)
  if (verdict.deviceId !== undefined) availability.forgetResource('device', verdict.deviceId, at)
  return verdict
}

type Identity = Pick<QueuedRequest, 'id' | 'fingerprint'>

/** The verdict from the record: a replay, or a decision whose message did not come in time. */
async function recorded({ pool }: Pick<VerdictDeps, 'pool'>, request: Identity): Promise<Verdict> {
  return (await findVerdict(pool, request)) ?? { id: request.id, status: 'queued' }
}

/** The recorded verdict of a request, or undefined while it has none. Throws BOOKING_KEY_REUSED, BOOKING_FAILED. */
export async function findVerdict(pool: pg.Pool, request: Identity): Promise<Verdict | undefined> {
  const record = await findRequest(pool, request.id)
  if (record === undefined) return undefined
  if (record.fingerprint !== request.fingerprint) throw keyReused()
  return verdictIn(pool, record)
}

async function verdictIn(pool: pg.Pool, record: RequestRow): Promise<Verdict> {
  if (record.decision === 'refused') return { status: 'refused', reason: record.reason ?? '' }
  const { appointment_id, id, decision } = record
  // As it was decided: what happened since is for GET to tell.
  const row = decision === 'failed' ? undefined : await findDecided(pool, appointment_id ?? id)
  if (row === undefined) throw failed(record)
  // Of what was decided before there was a log, the log has the later state only.
  return appointmentView({
    ...row,
    status: decision === 'pending' ? 'pending' : 'booked',
    reason: null,
    late: false,
  })
}

const keyReused = () => new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })

const failed = ({ id }: { id: string }) =>
  new ProblemError(BookingErrors.BOOKING_FAILED, { extra: { requestId: id } })
