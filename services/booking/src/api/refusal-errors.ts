import type { RefusalReason } from '@medqueue/contracts'
import type { CatalogueEntry } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'

const BY_REASON: Readonly<Record<RefusalReason, CatalogueEntry>> = {
  doctor_unknown: BookingErrors.BOOKING_DOCTOR_UNKNOWN,
  doctor_inactive: BookingErrors.BOOKING_DOCTOR_INACTIVE,
  service_unknown: BookingErrors.BOOKING_SERVICE_UNKNOWN,
  service_not_offered: BookingErrors.BOOKING_SERVICE_NOT_OFFERED,
  patient_unknown: BookingErrors.BOOKING_PATIENT_UNKNOWN,
  in_the_past: BookingErrors.BOOKING_IN_THE_PAST,
  too_short_notice: BookingErrors.BOOKING_TOO_SHORT_NOTICE,
  beyond_horizon: BookingErrors.BOOKING_BEYOND_HORIZON,
  outside_window: BookingErrors.BOOKING_OUTSIDE_WINDOW,
  off_grid: BookingErrors.BOOKING_OFF_GRID,
  slot_taken: BookingErrors.BOOKING_SLOT_TAKEN,
  patient_overlap: BookingErrors.BOOKING_PATIENT_OVERLAP,
  room_taken: BookingErrors.BOOKING_ROOM_TAKEN,
  device_taken: BookingErrors.BOOKING_DEVICE_TAKEN,
  session_full: BookingErrors.BOOKING_SESSION_FULL,
  too_many_open: BookingErrors.BOOKING_TOO_MANY_OPEN,
  hold_lost: BookingErrors.BOOKING_HOLD_LOST,
  proxy_ended: BookingErrors.BOOKING_PROXY_ENDED,
}

/** Refusals of holds alone. */
const OF_HOLDS: Readonly<Record<string, CatalogueEntry>> = {
  too_many_held: BookingErrors.BOOKING_TOO_MANY_HELD,
  // Somebody else takes room after room in the moment each is chosen.
  again: BookingErrors.BOOKING_SLOT_TAKEN,
}

/** The error a refusal is told as. */
export function refusalError(reason: string): CatalogueEntry {
  const known: Readonly<Record<string, CatalogueEntry>> = { ...BY_REASON, ...OF_HOLDS }
  return known[reason] ?? BookingErrors.BOOKING_FAILED
}
