import { defineErrors } from '@medqueue/service-kit'

/** What this service can answer besides the errors all services share. */
export const RealtimeErrors = defineErrors('REALTIME', {
  REALTIME_TICKET_INVALID: {
    status: 401,
    title: 'The ticket is unknown, used or expired.',
    hint: 'Ask for a new one with POST /v1/stream/tickets; it holds for 30 seconds and opens one socket.',
  },
  REALTIME_FOR_OTHERS: {
    status: 403,
    title: 'You hear of your own visits, and of those of patients who let you act for them.',
    hint: 'Leave patientId out, or let the patient say that you act for them.',
  },
  REALTIME_ORIGIN_REFUSED: {
    status: 403,
    title: 'Pages of this origin may not open a stream.',
    hint: 'Add the origin to TRUSTED_ORIGINS if the page is yours.',
  },
  REALTIME_UPGRADE_REQUIRED: {
    status: 426,
    title: 'This path speaks WebSocket only.',
    hint: 'Connect with a WebSocket client.',
  },
  REALTIME_TOO_MANY_SOCKETS: {
    status: 429,
    title: 'You have too many open streams.',
    hint: 'Close one, then try again; with a new ticket where one is needed.',
  },
  REALTIME_TICKETS_UNAVAILABLE: {
    status: 503,
    title: 'Tickets cannot be issued or read now.',
    hint: 'Try again after the seconds that `Retry-After` gives. Open streams go on.',
  },
  REALTIME_FULL: {
    status: 503,
    title: 'This replica holds as many streams as it can.',
    hint: 'Try again after the seconds that `Retry-After` gives.',
  },
  REALTIME_STARTING: {
    status: 503,
    title: 'This replica is still reading the newest events.',
    hint: 'Try again after the seconds that `Retry-After` gives.',
  },
})
