import type { ActorPart, AppointmentStatus } from '@medqueue/contracts'

/**
 * The life of an appointment. A request without a decision is in the queue, not here.
 *
 *   held --(request)--> pending | booked        held --release--> cancelled       held --expire--> expired
 *   pending --approve--> booked                 pending --decline--> declined     pending --expire--> expired
 *   pending, booked, arrived --cancel--> cancelled
 *   booked --arrive--> arrived --check-in--> checked-in --start--> in-progress --complete--> fulfilled
 *   booked --no-show--> noshow                  anything decided --void--> entered-in-error
 *
 * Moving to another time keeps the status; see `move`.
 */
export const ACTIONS = [
  'approve',
  'decline',
  'cancel',
  'release',
  'arrive',
  'check-in',
  'start',
  'complete',
  'no-show',
  'void',
  'expire',
] as const
export type Action = (typeof ACTIONS)[number]

interface Rule {
  from: readonly AppointmentStatus[]
  to: AppointmentStatus
  by: readonly ActorPart[]
  /** Type of the event that tells of it. */
  event: string
  /** A reason must be given: by everybody but the patient. */
  reason?: true
  /** Seconds before the start from which it may be done; before it is too early. */
  opens?: number
}

const HALF_DAY = 43_200
const CARE = ['doctor', 'staff'] as const

const RULES: Readonly<Record<Action, Rule>> = {
  approve: { from: ['pending'], to: 'booked', by: CARE, event: 'appointment.approved' },
  decline: { from: ['pending'], to: 'declined', by: CARE, event: 'appointment.declined', reason: true },
  cancel: {
    from: ['pending', 'booked', 'arrived'],
    to: 'cancelled',
    // The system: when the deposit was declined.
    by: ['patient', ...CARE, 'system'],
    event: 'appointment.cancelled',
  },
  release: { from: ['held'], to: 'cancelled', by: ['patient', ...CARE], event: 'appointment.released' },
  arrive: {
    from: ['booked'],
    to: 'arrived',
    by: ['patient', ...CARE],
    event: 'appointment.arrived',
    opens: HALF_DAY,
  },
  'check-in': {
    from: ['booked', 'arrived'],
    to: 'checked-in',
    by: CARE,
    event: 'appointment.checked-in',
    opens: HALF_DAY,
  },
  start: {
    from: ['arrived', 'checked-in'],
    to: 'in-progress',
    by: CARE,
    event: 'appointment.started',
    opens: HALF_DAY,
  },
  complete: {
    from: ['arrived', 'checked-in', 'in-progress'],
    to: 'fulfilled',
    by: CARE,
    event: 'appointment.fulfilled',
    opens: HALF_DAY,
  },
  'no-show': { from: ['booked'], to: 'noshow', by: CARE, event: 'appointment.noshow', opens: 0 },
  void: {
    from: [
      'pending',
      'booked',
      'arrived',
      'checked-in',
      'in-progress',
      'fulfilled',
      'noshow',
      'cancelled',
      'declined',
      'expired',
    ],
    to: 'entered-in-error',
    by: ['staff'],
    event: 'appointment.voided',
    reason: true,
  },
  expire: { from: ['held', 'pending'], to: 'expired', by: ['system'], event: 'appointment.expired' },
}

export interface Asked {
  action: Action
  part: ActorPart
  /** Seconds until the visit starts; negative afterwards. */
  startsIn: number
  reason: string | undefined
}

export type Transition =
  { to: AppointmentStatus; event: string } | 'forbidden' | 'illegal' | 'reason-missing' | 'too-early'

/** What an action does to an appointment in a status, when asked for by somebody with a part in it. */
export function transition(from: AppointmentStatus, { action, part, startsIn, reason }: Asked): Transition {
  const rule = RULES[action]
  if (!rule.by.includes(part)) return 'forbidden'
  if (!rule.from.includes(from)) return 'illegal'
  if (rule.reason === true && reason === undefined) return 'reason-missing'
  if (rule.opens !== undefined && startsIn > rule.opens) return 'too-early'
  return { to: rule.to, event: rule.event }
}

/** True when a patient cancels later than the service allows: `notice` and `startsIn` in seconds. */
export const isLate = ({ action, part, startsIn }: Asked, notice: number): boolean =>
  action === 'cancel' && part === 'patient' && startsIn < notice

/** Statuses from which an appointment may be moved to another time, doctor or service. */
export const MOVABLE: ReadonlySet<AppointmentStatus> = new Set(['pending', 'booked'])
