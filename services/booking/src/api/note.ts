import { isActive } from '@medqueue/contracts'

import type { Availability } from '../slots/availability.ts'
import type { AppointmentRow } from '../store/appointments.ts'

type Row = Pick<AppointmentRow, 'doctor_id' | 'starts' | 'room_id' | 'device_id'>

/** Whoever is told now may look at once, and must see the slot free again. */
export function noteFreed(availability: Availability, row: AppointmentRow): void {
  if (!isActive(row.status)) noteTaken(availability, row)
}

/** The same for a slot that is taken: it is read again. */
export function noteTaken(availability: Availability, row: Row): void {
  const at = Number(row.starts)
  availability.forget(row.doctor_id, at)
  if (row.room_id !== null) availability.forgetResource('room', row.room_id, at)
  if (row.device_id !== null) availability.forgetResource('device', row.device_id, at)
}
