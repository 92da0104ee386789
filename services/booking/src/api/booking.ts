import type { Caller } from '@medqueue/service-kit'
import { ProblemError } from '@medqueue/service-kit'

import { precheck } from '../domain/precheck.ts'
import { BookingErrors } from '../errors.ts'
import type { BookingOrder, QueuedRequest } from '../intake/order.ts'
import { fingerprintOf, requestIdOf } from '../intake/request-id.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { accessTo, shownTo } from './access.ts'
import { answered, hasAnswers } from './answered.ts'
import { plainRefusal, type RefusalDeps, refusalOf, refuseUnlessDecided } from './refusal.ts'
import type { Appointment } from './schemas.ts'
import { type Booked, type VerdictDeps, verdictOf } from './verdict.ts'
import { appointmentView } from './views.ts'

export interface BookingDeps extends VerdictDeps, RefusalDeps {
  /** Unix seconds. */
  now: () => number
}

export interface BookCall {
  order: BookingOrder
  principalId: string
  /** The Idempotency-Key. */
  key: string
  /** Tells a replay from another request under the key; that of the order when not given. */
  fingerprint?: string
  waitMs: number
  traceparent: string
}

export interface Booking {
  /**
   * Queues an order and waits for its decision. Throws the refusal as a problem: 409 with alternatives for a lost
   * slot, 422 for what can never be booked.
   */
  book: (call: BookCall) => Promise<Booked>
  /** An appointment the caller takes part in. Throws BOOKING_NOT_FOUND for everybody else's. */
  get: (id: string, caller: Caller) => Promise<Appointment>
}

export function createBooking(deps: BookingDeps): Booking {
  return {
    book: async ({ order, fingerprint = fingerprintOf(order), principalId, key, waitMs, traceparent }) => {
      const id = requestIdOf(principalId, key)
      const request: QueuedRequest = {
        ...order,
        id,
        fingerprint,
        principalId,
        traceparent,
      }
      const reason = precheck(order, deps.catalogue(), deps.now())
      if (reason !== undefined) await refuseUnlessDecided(deps.pool, id, plainRefusal(reason))
      if (hasAnswers(order, deps.catalogue())) request.answered = await answered(deps, order, id)
      const verdict = await verdictOf(deps, request, waitMs)
      if (verdict.status === 'refused') throw await refusalOf(deps, order, id, verdict.reason)
      return verdict
    },
    get: async (id, caller) => {
      const row = await findAppointment(deps.pool, id)
      const access = row === undefined ? undefined : await accessTo(deps.pool, caller, row)
      if (row === undefined || access === undefined) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      return appointmentView(shownTo(access, row))
    },
  }
}
