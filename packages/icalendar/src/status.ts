import type { AppointmentStatus } from '@medqueue/contracts'

import type { VisitStatus } from './visit.ts'

const STATUS: Record<AppointmentStatus, VisitStatus | undefined> = {
  held: undefined,
  pending: 'tentative',
  booked: 'confirmed',
  arrived: 'confirmed',
  'checked-in': 'confirmed',
  'in-progress': 'confirmed',
  fulfilled: 'confirmed',
  noshow: 'confirmed',
  cancelled: 'cancelled',
  declined: 'cancelled',
  expired: 'cancelled',
  'entered-in-error': 'cancelled',
}

/** An appointment's status as calendars know it; undefined while it is only held, which is nothing to a calendar. */
export function visitStatusOf(status: AppointmentStatus): VisitStatus | undefined {
  return STATUS[status]
}
