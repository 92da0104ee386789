import { ProblemError } from '@medqueue/service-kit'

import { refusalError } from '../errors.ts'
import type { BookingOrder } from '../intake/order.ts'
import type { Alternatives } from '../slots/alternatives.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import { slotView } from './views.ts'

export interface RefusalDeps {
  catalogue: () => Catalogue
  alternatives: Alternatives
}

const FIELD_OF: Readonly<Record<string, string>> = {
  doctor_unknown: 'doctorId',
  doctor_inactive: 'doctorId',
  service_unknown: 'serviceId',
  service_not_offered: 'serviceId',
  patient_unknown: 'patientId',
  patient_overlap: 'start',
}

/** A refusal as a problem without more: for what can never be booked. */
export function plainRefusal(reason: string): ProblemError {
  return new ProblemError(refusalError(reason), { field: FIELD_OF[reason] ?? 'start' })
}

/** A refusal as a problem: 409 with alternatives for a lost slot, 422 for what can never be booked. */
export async function refusalOf(
  deps: RefusalDeps,
  order: Pick<BookingOrder, 'doctorId' | 'serviceId' | 'startSeconds'>,
  requestId: string,
  reason: string,
): Promise<ProblemError> {
  const entry = refusalError(reason)
  if (entry.status !== 409) return plainRefusal(reason)
  const extra = { requestId, alternatives: await alternativesFor(deps, order) }
  return new ProblemError(entry, { field: FIELD_OF[reason] ?? 'start', extra })
}

async function alternativesFor(
  { catalogue, alternatives }: RefusalDeps,
  { doctorId, serviceId, startSeconds: start }: Pick<BookingOrder, 'doctorId' | 'serviceId' | 'startSeconds'>,
) {
  const shape = catalogue().services.get(serviceId)
  const doctor = catalogue().doctors.get(doctorId)
  if (shape === undefined || doctor === undefined) return []
  // The refusal stands whether or not anything else can be found now.
  const wish = { doctorId, serviceId, specialtyId: doctor.specialtyId, start, shape }
  const slots = await alternatives(wish).catch(() => [])
  return slots.map((slot) => slotView(slot, serviceId))
}
