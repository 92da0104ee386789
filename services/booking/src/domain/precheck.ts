import type { RefusalReason } from '@medqueue/contracts'

import type { BookingOrder } from '../intake/order.ts'
import type { Catalogue } from '../store/list-catalogue.ts'

/**
 * The reason an order cannot be booked whatever the queue holds, or undefined. The worker checks all of it again, with
 * the windows, in the transaction that books; this only spares the queue. `nowSeconds` is Unix time.
 */
export function precheck(
  order: BookingOrder,
  catalogue: Catalogue,
  nowSeconds: number,
): RefusalReason | undefined {
  return identityFault(order, catalogue) ?? timeFault(order, catalogue, nowSeconds)
}

function identityFault(
  { doctorId, serviceId }: BookingOrder,
  { doctors, services }: Catalogue,
): RefusalReason | undefined {
  const doctor = doctors.get(doctorId)
  if (doctor === undefined) return 'doctor_unknown'
  if (!doctor.active) return 'doctor_inactive'
  const service = services.get(serviceId)
  if (service?.active !== true) return 'service_unknown'
  return doctor.serviceIds.has(serviceId) ? undefined : 'service_not_offered'
}

function timeFault(
  { serviceId, startSeconds, holdId, overbook }: BookingOrder,
  { services }: Catalogue,
  now: number,
): RefusalReason | undefined {
  const service = services.get(serviceId)
  if (startSeconds <= now) return 'in_the_past'
  if (service === undefined) return 'service_unknown'
  // Who holds the slot kept the notice, and staff need not.
  const bound = (holdId ?? overbook) === undefined
  if (bound && startSeconds < now + service.minimumNotice) return 'too_short_notice'
  return startSeconds > now + service.horizon ? 'beyond_horizon' : undefined
}
