import { defineErrors } from '@medqueue/service-kit'

/** What the waiting room answers with. */
export const WaitingRoomErrors = defineErrors('BOOKING_WAITING_ROOM', {
  BOOKING_WAITING_ROOM_TICKET_MISSING: {
    status: 429,
    title: 'More people have come than can book at once',
    hint: 'Send POST /v1/waiting-room/tickets; when it is your turn, repeat this with the ticket as Waiting-Room-Ticket.',
  },
  BOOKING_WAITING_ROOM_NOT_YET: {
    status: 429,
    title: 'It is not your turn yet',
    hint: 'Keep the ticket and ask GET /v1/waiting-room/tickets/mine again after the time in Retry-After.',
  },
  BOOKING_WAITING_ROOM_TURN_OVER: {
    status: 429,
    title: 'Your turn is over, or the ticket is of another day',
    hint: 'Send POST /v1/waiting-room/tickets for a new place at the end of the line.',
  },
  BOOKING_WAITING_ROOM_TICKET_INVALID: {
    status: 403,
    title: 'The waiting-room ticket is not yours, or not one of ours',
    hint: 'Send POST /v1/waiting-room/tickets: it gives you your own ticket, the same each time.',
  },
  BOOKING_WAITING_ROOM_FULL: {
    status: 503,
    title: 'The waiting room is full',
    hint: 'Come again after the time in Retry-After.',
  },
  BOOKING_WAITING_ROOM_UNREACHABLE: {
    status: 503,
    title: 'The waiting room cannot give out places now',
    hint: 'Ask again after the time in Retry-After. Tickets that were given keep their places.',
  },
  BOOKING_WAITING_ROOM_OPEN: {
    status: 409,
    title: 'The waiting room is open already',
    hint: 'Close it first, or let it go on.',
  },
  BOOKING_WAITING_ROOM_OFF: {
    status: 409,
    title: 'This installation has no waiting room',
    hint: 'Set WAITING_ROOM_MODE to manual, auto or on.',
  },
  BOOKING_WAITING_ROOM_TIMES: {
    status: 422,
    title: 'The times of the opening cannot be used',
    hint: 'Send `opensAt` before `releaseAt`, neither of them past, within the next 30 days and at most six hours apart.',
  },
})
