/**
 * A ticket's way through a day.
 *
 *   waiting --call--> called --serve--> serving --finish--> done
 *   called --miss--> missed --return--> waiting (at the end of the line)
 *   waiting, called, missed --leave--> left
 *
 * A ticket of an appointment follows it: checked in makes it, in progress is serving, fulfilled is done.
 */
export const TICKET_STATES = ['waiting', 'called', 'serving', 'done', 'missed', 'left'] as const
export type TicketState = (typeof TICKET_STATES)[number]

export const TICKET_STEPS = ['call', 'serve', 'finish', 'miss', 'return', 'leave'] as const
export type TicketStep = (typeof TICKET_STEPS)[number]

const STEPS: Readonly<Record<TicketStep, { from: readonly TicketState[]; to: TicketState }>> = {
  call: { from: ['waiting'], to: 'called' },
  serve: { from: ['called'], to: 'serving' },
  finish: { from: ['serving'], to: 'done' },
  miss: { from: ['called'], to: 'missed' },
  return: { from: ['missed'], to: 'waiting' },
  leave: { from: ['waiting', 'called', 'missed'], to: 'left' },
}

/** The state after a step, or undefined where the step cannot be made. */
export function ticketStep(from: TicketState, step: TicketStep): TicketState | undefined {
  const rule = STEPS[step]
  return rule.from.includes(from) ? rule.to : undefined
}

/** Tickets of one letter. */
const OF_A_LETTER = 99

/** What the n-th ticket of a day (from 1) is called: A1 to A99, B1 and so on; after Z99 AA1. */
export function labelOf(n: number): string {
  const letters = Math.floor((n - 1) / OF_A_LETTER)
  return `${lettersOf(letters)}${((n - 1) % OF_A_LETTER) + 1}`
}

const lettersOf = (n: number): string =>
  (n < 26 ? '' : lettersOf(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26))
