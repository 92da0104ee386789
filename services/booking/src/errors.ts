import { defineErrors } from '@medqueue/service-kit'

export { FhirErrors } from './fhir/errors.ts'
export { WaitingRoomErrors } from './waiting-room/errors.ts'

const TRY_ANOTHER = 'Choose one of the alternatives, or search for slots again.'

/** Every coded error of the booking service. */
export const BookingErrors = defineErrors('BOOKING', {
  BOOKING_KEY_MISSING: {
    status: 400,
    title: 'The Idempotency-Key header is missing or too long',
    hint: 'Send a new key of 1 to 255 printable characters with each new request, and the same key when you ask again.',
  },
  BOOKING_KEY_REUSED: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    hint: 'Send a new key for a new request.',
  },
  BOOKING_KEY_IN_FLIGHT: {
    status: 409,
    title: 'A request with this Idempotency-Key is being decided',
    hint: 'Wait a second and ask again with the same key.',
  },
  BOOKING_QUEUE_FULL: {
    status: 503,
    title: 'The queue is full',
    hint: 'Ask again after the time in Retry-After, with the same Idempotency-Key.',
  },
  BOOKING_QUEUE_UNREACHABLE: {
    status: 503,
    title: 'The queue cannot be reached',
    hint: 'Ask again after the time in Retry-After, with the same Idempotency-Key.',
  },
  BOOKING_FAILED: {
    status: 500,
    title: 'The request could not be decided',
    hint: 'It was put aside for the operators. Quote the request id when you contact them.',
  },
  BOOKING_INSTANT_INVALID: {
    status: 400,
    title: 'The time is not a real instant',
    hint: 'Send an RFC 3339 instant with an offset, such as 2027-03-01T09:00:00-03:00.',
  },
  BOOKING_RANGE_INVALID: {
    status: 400,
    title: 'The range of time is empty or too long',
    hint: 'Send `from` before `to`, at most 180 days apart, or a `day` that exists.',
  },
  BOOKING_ZONE_UNKNOWN: {
    status: 400,
    title: 'There is no such time zone',
    hint: 'Send an IANA name, such as America/Sao_Paulo.',
  },
  BOOKING_CURSOR_INVALID: {
    status: 400,
    title: 'The cursor is not one of ours',
    hint: 'Send the `next` of the page before, or none.',
  },
  BOOKING_FILTER_MISSING: {
    status: 400,
    title: 'The search has no filter',
    hint: 'Name a doctor, a specialty, a clinic, a city or a language.',
  },
  BOOKING_DOCTOR_MISSING: {
    status: 400,
    title: 'The request says neither which doctor nor where to look for one',
    hint: 'Send a doctorId; or, for any doctor who is free, a specialtyId, a clinicId or a city instead.',
  },
  BOOKING_NOBODY_OFFERS: {
    status: 422,
    title: 'No doctor there offers this service',
    hint: 'Choose another specialty, clinic or city, or another service.',
  },
  BOOKING_ANSWER_INVALID: {
    status: 422,
    title: 'An answer does not fit the questions of the service',
    hint: 'Answer the `requestFields` of the service type by their keys, all that are required and no others.',
  },
  BOOKING_FOR_OTHERS: {
    status: 403,
    title: 'You may book for yourself, and for those who let you',
    hint: 'Leave patientId out, let the patient say that you act for them, or ask the front desk.',
  },
  BOOKING_PROXY_ENDED: {
    status: 403,
    title: 'You do not act for the patient any more',
    hint: 'Let the patient say so anew, or ask the front desk.',
  },
  BOOKING_NOT_FOUND: {
    status: 404,
    title: 'There is no such appointment or request for you',
    hint: 'Check the id.',
  },
  BOOKING_STALE: {
    status: 412,
    title: 'The appointment has changed since you read it',
    hint: 'Read it again and repeat the change with the new ETag.',
  },
  BOOKING_ILLEGAL_TRANSITION: {
    status: 409,
    title: 'The appointment cannot change that way now',
    hint: 'Read the appointment: its status says what is still possible.',
  },
  BOOKING_DOCTOR_UNKNOWN: { status: 422, title: 'There is no such doctor', hint: 'Search for a doctor.' },
  BOOKING_DOCTOR_INACTIVE: {
    status: 422,
    title: 'The doctor takes no bookings',
    hint: 'Search for another doctor.',
  },
  BOOKING_SERVICE_UNKNOWN: {
    status: 422,
    title: 'There is no such service',
    hint: 'List the service types.',
  },
  BOOKING_SERVICE_NOT_OFFERED: {
    status: 422,
    title: 'The doctor does not offer this service',
    hint: 'Choose a service the doctor offers, or another doctor.',
  },
  BOOKING_PATIENT_UNKNOWN: {
    status: 422,
    title: 'There is no such patient, or the record is not ready yet',
    hint: 'Check patientId. A record is ready seconds after sign-up: ask again with a new Idempotency-Key.',
  },
  BOOKING_IN_THE_PAST: { status: 422, title: 'The start lies in the past', hint: 'Choose a later start.' },
  BOOKING_TOO_SHORT_NOTICE: {
    status: 422,
    title: 'The service needs longer notice',
    hint: 'Choose a later start, or call the clinic.',
  },
  BOOKING_BEYOND_HORIZON: {
    status: 422,
    title: 'The start is too far ahead',
    hint: 'Choose an earlier start: the service type says how far ahead it may be booked.',
  },
  BOOKING_OUTSIDE_WINDOW: {
    status: 422,
    title: 'The doctor does not work then',
    hint: 'Search for slots: each start found there can be booked.',
  },
  BOOKING_OFF_GRID: {
    status: 422,
    title: 'Visits do not start at that time',
    hint: 'Search for slots: each start found there can be booked.',
  },
  BOOKING_SLOT_TAKEN: { status: 409, title: 'The slot is taken', hint: TRY_ANOTHER },
  BOOKING_PATIENT_OVERLAP: {
    status: 409,
    title: 'The patient has another appointment then',
    hint: 'Cancel the other appointment, or choose another time.',
  },
  BOOKING_ROOM_TAKEN: { status: 409, title: 'No room for this service is free then', hint: TRY_ANOTHER },
  BOOKING_DEVICE_TAKEN: { status: 409, title: 'No device for this service is free then', hint: TRY_ANOTHER },
  BOOKING_SESSION_FULL: { status: 409, title: 'Every seat of the group visit is taken', hint: TRY_ANOTHER },
  BOOKING_TOO_MANY_OPEN: {
    status: 409,
    title: 'The patient has as many open appointments of this service as are allowed',
    hint: 'Cancel one of them, or wait until one is over. Staff may book more with an overbookReason.',
  },
  BOOKING_HOLD_LOST: {
    status: 409,
    title: 'The hold is over, or is not one for this slot and patient',
    hint: 'Search for slots and hold one again.',
  },
  BOOKING_TOO_MANY_HELD: {
    status: 409,
    title: 'The patient holds as many slots as are allowed at a time',
    hint: 'Book or release one of them, or wait until one lapses.',
  },
  BOOKING_HOLD_NOT_EXTENDED: {
    status: 409,
    title: 'The hold is over or was extended before',
    hint: 'Book it now, or hold a slot again.',
  },
  BOOKING_REASON_MISSING: {
    status: 400,
    title: 'This change needs a reason',
    hint: 'Send `reason`: the patient reads it.',
  },
  BOOKING_TOO_EARLY: {
    status: 409,
    title: 'It is too early for that',
    hint: 'A visit is begun at most twelve hours before its start, and nobody is missing before it.',
  },
  BOOKING_OVERBOOK_FORBIDDEN: {
    status: 403,
    title: 'Only staff, and doctors in their own time, may book over other visits, and not for themselves',
    hint: 'Leave overbookReason out, or ask the front desk.',
  },
  BOOKING_NOT_DECIDED: {
    status: 503,
    title: 'This one could not be decided now',
    hint: 'Decide it again.',
  },
  BOOKING_MOVE_TOO_LATE: {
    status: 409,
    title: 'The visit has begun, or its time is over',
    hint: 'Ask the front desk.',
  },
  BOOKING_SERIES_RULE_INVALID: {
    status: 400,
    title: 'The rule of the series cannot be used',
    hint: 'Send DAILY, WEEKLY, MONTHLY or YEARLY with COUNT or UNTIL, such as FREQ=WEEKLY;INTERVAL=4;COUNT=12.',
  },
  BOOKING_SERIES_TOO_LONG: {
    status: 422,
    title: 'A series has at most 52 visits within a year',
    hint: 'Ask for fewer visits, and book the others later.',
  },
  BOOKING_SERIES_OVERLAPS: {
    status: 422,
    title: 'Two visits of the series overlap',
    hint: 'Leave the time of a whole visit between two starts.',
  },
  BOOKING_SERIES_CLASH: {
    status: 409,
    title: 'Not every visit of the series can be booked, so none is',
    hint: 'Look at `visits`: choose other starts for those that clash, or leave them out.',
  },
  BOOKING_SERIES_NOT_FOUND: {
    status: 404,
    title: 'There is no such series for you, or no such visit in it',
    hint: 'Check the id.',
  },
  BOOKING_WAITLIST_RANGE: {
    status: 422,
    title: 'One waits for sixty days at most',
    hint: 'Send `from` and `to` at most 60 days apart.',
  },
  BOOKING_WAITLIST_PAST: {
    status: 422,
    title: 'The time to wait for is over',
    hint: 'Send a `to` that lies ahead.',
  },
  BOOKING_WAITLIST_FULL: {
    status: 409,
    title: 'The patient waits for as many things as are allowed',
    hint: 'Leave one of the lines first.',
  },
  BOOKING_WAITLIST_NOT_FOUND: {
    status: 404,
    title: 'There is no such place in line for you',
    hint: 'Check the id.',
  },
  BOOKING_WAITLIST_NO_OFFER: {
    status: 409,
    title: 'Nothing is offered now',
    hint: 'Read the entry: its status says why. The next offer comes by itself.',
  },
  BOOKING_REPLAN_NOT_FOUND: {
    status: 404,
    title: 'There is no such plan for you, or no such visit in it',
    hint: 'Check the ids. Doctors plan their own days.',
  },
  BOOKING_REPLAN_ANSWERED: {
    status: 409,
    title: 'The proposal is not open any more',
    hint: 'Read the plan: it says what has become of the visit.',
  },
  BOOKING_TICKET_CLINIC: { status: 404, title: 'There is no such clinic', hint: 'List the clinics.' },
  BOOKING_TICKET_NOT_FOUND: {
    status: 404,
    title: 'There is no such ticket for you',
    hint: 'Check the id, or ask at the front desk.',
  },
  BOOKING_TICKET_STEP: {
    status: 409,
    title: 'The ticket cannot go there from where it is',
    hint: 'Read the line again: somebody else may have led the ticket on.',
  },
  BOOKING_GRID_TOO_LARGE: {
    status: 422,
    title: 'That is more than one view holds',
    hint: 'Ask for at most six weeks, and for fewer days, one clinic or one doctor.',
  },
  BOOKING_CLINIC_MISSING: {
    status: 400,
    title: 'The request does not say at which clinic',
    hint: 'Send a clinicId.',
  },
})
