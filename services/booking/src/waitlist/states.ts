/**
 * A patient's place on the waitlist.
 *
 *   waiting --offer--> offered --take--> served
 *   offered --pass--> waiting: the first time in the same place, from then on last in line
 *   waiting, offered --leave--> left        waiting --end--> over: the time asked for is over
 */
export const WAITLIST_STATES = ['waiting', 'offered', 'served', 'left', 'over'] as const
export type WaitlistState = (typeof WAITLIST_STATES)[number]

export const WAITLIST_STEPS = ['offer', 'take', 'pass', 'leave', 'end'] as const
export type WaitlistStep = (typeof WAITLIST_STEPS)[number]

const STEPS: Readonly<Record<WaitlistStep, { from: readonly WaitlistState[]; to: WaitlistState }>> = {
  offer: { from: ['waiting'], to: 'offered' },
  take: { from: ['offered'], to: 'served' },
  pass: { from: ['offered'], to: 'waiting' },
  leave: { from: ['waiting', 'offered'], to: 'left' },
  end: { from: ['waiting'], to: 'over' },
}

/** The state after a step, or undefined where the step cannot be made. */
export function stepOf(from: WaitlistState, step: WaitlistStep): WaitlistState | undefined {
  const rule = STEPS[step]
  return rule.from.includes(from) ? rule.to : undefined
}

/** True when somebody who has passed so many offers keeps the place in line. */
export const keepsPlace = (passed: number): boolean => passed <= 1

/** What has become of an offer: open while the slot is held, taken when it was booked, passed when it was let go. */
export function outcomeOf(appointmentStatus: string): 'open' | 'take' | 'pass' {
  if (appointmentStatus === 'held') return 'open'
  return appointmentStatus === 'expired' || appointmentStatus === 'cancelled' ? 'pass' : 'take'
}
