import type { AppointmentStatus } from '@medqueue/contracts'

/**
 * The life of an appointment so far:
 *
 *   (request) --> pending --approve--> booked
 *   (request) --> booked
 *   pending --decline--> cancelled     pending, booked --cancel--> cancelled
 */
export const ACTIONS = ['approve', 'decline', 'cancel'] as const
export type Action = (typeof ACTIONS)[number]

/** Who takes part in an appointment, as seen from the caller. */
export type Part = 'patient' | 'doctor' | 'staff'

interface Rule {
  from: readonly AppointmentStatus[]
  to: AppointmentStatus
  by: readonly Part[]
  /** Type of the event that tells of it. */
  event: string
}

const RULES: Readonly<Record<Action, Rule>> = {
  approve: { from: ['pending'], to: 'booked', by: ['doctor', 'staff'], event: 'appointment.approved' },
  decline: { from: ['pending'], to: 'cancelled', by: ['doctor', 'staff'], event: 'appointment.declined' },
  cancel: {
    from: ['pending', 'booked'],
    to: 'cancelled',
    by: ['patient', 'doctor', 'staff'],
    event: 'appointment.cancelled',
  },
}

export type Transition = { to: AppointmentStatus; event: string } | 'forbidden' | 'illegal'

/** What an action does to an appointment in a status, when asked for by somebody with a part in it. */
export function transition(action: Action, from: AppointmentStatus, part: Part): Transition {
  const rule = RULES[action]
  if (!rule.by.includes(part)) return 'forbidden'
  return rule.from.includes(from) ? { to: rule.to, event: rule.event } : 'illegal'
}
