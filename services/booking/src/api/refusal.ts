import { isActive } from '@medqueue/contracts'
import type pg from 'pg'

import { ProblemError } from '@medqueue/service-kit'

import type { Interval } from '../domain/slots.ts'
import { refusalError } from './refusal-errors.ts'
import type { BookingOrder } from '../intake/order.ts'
import type { Alternatives } from '../slots/alternatives.ts'
import { findRequest } from '../store/find-request.ts'
import { listAppointments } from '../store/list-appointments.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import { waitFor } from '../waitlist/wish.ts'
import { slotView } from './views.ts'

export interface RefusalDeps {
  pool: pg.Pool
  catalogue: () => Catalogue
  alternatives: Alternatives
}

const FIELD_OF: Readonly<Record<string, string>> = {
  doctor_unknown: 'doctorId',
  doctor_inactive: 'doctorId',
  service_unknown: 'serviceId',
  service_not_offered: 'serviceId',
  patient_unknown: 'patientId',
  proxy_ended: 'patientId',
  patient_overlap: 'start',
  too_many_open: 'serviceId',
  hold_lost: 'holdId',
}

/** Another slot would be refused for the same reason. */
const NO_USE: ReadonlySet<string> = new Set(['too_many_open', 'too_many_held'])

const fieldOf = (reason: string) => FIELD_OF[reason] ?? 'start'

/** A refusal as a problem without more: for what can never be booked. */
export function plainRefusal(reason: string): ProblemError {
  return new ProblemError(refusalError(reason), { field: fieldOf(reason) })
}

/**
 * Refuses what cannot be booked whatever the queue holds, before anything is written. A replay of a request that was
 * decided while it still could be booked goes on, to its stored answer.
 */
export async function refuseUnlessDecided(pool: pg.Pool, id: string, problem: ProblemError): Promise<void> {
  if ((await findRequest(pool, id)) === undefined) throw problem
}

/** Somebody else has it, and may give it back. */
const MAY_BE_FREED: ReadonlySet<string> = new Set([
  'slot_taken',
  'session_full',
  'room_taken',
  'device_taken',
])

/**
 * A refusal as a problem: 409 with alternatives for a lost slot, and the place in line for it, to be sent to
 * POST /v1/waitlist; 422 for what can never be booked.
 */
export async function refusalOf(
  deps: RefusalDeps,
  order: BookingOrder,
  requestId: string | undefined,
  reason: string,
): Promise<ProblemError> {
  const entry = refusalError(reason)
  if (entry.status !== 409) return plainRefusal(reason)
  const alternatives = NO_USE.has(reason) ? [] : await alternativesFor(deps, order, reason)
  const shape = MAY_BE_FREED.has(reason) ? deps.catalogue().services.get(order.serviceId) : undefined
  const extra = {
    ...(requestId === undefined ? {} : { requestId }),
    alternatives,
    ...(shape === undefined ? {} : { waitlist: waitFor(order, shape) }),
  }
  return new ProblemError(entry, { field: fieldOf(reason), extra })
}

/** Free slots near what was asked for; none when nothing can be found now. */
export async function alternativesFor(deps: RefusalDeps, order: BookingOrder, reason: string) {
  const { doctorId, serviceId, startSeconds: start } = order
  const shape = deps.catalogue().services.get(serviceId)
  const doctor = deps.catalogue().doctors.get(doctorId)
  if (shape === undefined || doctor === undefined) return []
  try {
    // Only then is it worth asking; in a storm it is the slot that is gone.
    const elsewhere = reason === 'patient_overlap' ? await visitsAround(deps.pool, order) : []
    const wish = { doctorId, serviceId, specialtyId: doctor.specialtyId, start, shape, elsewhere }
    return (await deps.alternatives(wish)).map((slot) => slotView(slot, serviceId))
  } catch {
    // The refusal stands whether or not anything else can be found now.
    return []
  }
}

const DAY = 86_400

/** The patient's visits near the time asked for, and after it. */
async function visitsAround(pool: pg.Pool, { patientId, startSeconds }: BookingOrder): Promise<Interval[]> {
  const [from, to] = [startSeconds - 3 * DAY, startSeconds + 60 * DAY]
  const rows = await listAppointments(pool, { patientId, from, to, limit: 100 })
  return rows
    .filter(({ status }) => isActive(status))
    .map(({ starts, ends }) => ({ start: Number(starts), end: Number(ends) }))
}
