import { isActive } from '@medqueue/contracts'

import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'

/** Whoever is told now may look at once, and must see the slot free again. */
export function noteFreed(availability: Availability, row: AppointmentRow): void {
  if (isActive(row.status)) return
  availability.forget(row.doctor_id, Number(row.starts))
}

/** The same for a slot that is taken, or not known to be free: it is read again. */
export function noteTaken(availability: Availability, doctorId: string, start: number): void {
  availability.forget(doctorId, start)
}
