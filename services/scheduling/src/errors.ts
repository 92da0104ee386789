import { defineErrors } from '@medqueue/service-kit'

/** Every coded error of this service. */
export const SchedulingErrors = defineErrors('SCHEDULING', {
  SCHEDULING_ROTA_UNKNOWN: {
    status: 404,
    title: 'There is no such rota row.',
    hint: 'List the rows with GET /v1/rotas.',
  },
  SCHEDULING_EXCEPTION_UNKNOWN: {
    status: 404,
    title: 'There is no such exception.',
    hint: 'List the exceptions with GET /v1/rota-exceptions.',
  },
  SCHEDULING_CHANGE_UNKNOWN: {
    status: 404,
    title: 'There is no such schedule change.',
    hint: 'List the changes with GET /v1/schedule-changes.',
  },
  SCHEDULING_CLOSURE_UNKNOWN: {
    status: 404,
    title: 'There is no such closure.',
    hint: 'List the closures with GET /v1/closures.',
  },
  SCHEDULING_CALENDAR_UNKNOWN: {
    status: 404,
    title: 'The clinic keeps no holiday calendar.',
    hint: 'Give it one with PUT /v1/holiday-calendars/{clinicId}.',
  },
  SCHEDULING_TIME_SKIPPED: {
    status: 422,
    title: 'The clocks skip this time on this date.',
    hint: 'Choose a time before or after the clock change named in `detail`.',
  },
  SCHEDULING_FEED_UNKNOWN: {
    status: 404,
    title: 'You have no such calendar feed.',
    hint: 'List your feeds with GET /v1/calendar-feeds.',
  },
  SCHEDULING_SUBSCRIPTION_UNKNOWN: {
    status: 404,
    title: 'There is no such calendar subscription.',
    hint: 'List the subscriptions with GET /v1/calendar-subscriptions.',
  },
  SCHEDULING_CALENDAR_ADDRESS: {
    status: 422,
    title: 'The address cannot be that of an outside calendar.',
    hint: 'Give the https:// or webcal:// address of a calendar on the public Internet.',
  },
  SCHEDULING_RESOURCE_UNKNOWN: {
    status: 404,
    title: 'There is no such room or device.',
    hint: 'List them with GET /v1/resources.',
  },
  SCHEDULING_RESOURCE_NAME_TAKEN: {
    status: 409,
    title: 'Another room or device of the clinic has this name.',
    hint: 'Choose another name, or change the one that has it.',
  },
  SCHEDULING_NOT_YOURS: {
    status: 403,
    title: 'This is the schedule of another doctor.',
    hint: 'Doctors change their own schedule; ask an administrator for the others.',
  },
  SCHEDULING_ROTA_OVERLAP: {
    status: 409,
    title: 'The row overlaps another row of the doctor.',
    hint: 'Change the row named in `clash` first, or choose other times or dates.',
  },
  SCHEDULING_DOCTOR_UNKNOWN: {
    status: 422,
    title: 'The directory knows no such doctor.',
    hint: 'Check the id; a new doctor is known here moments after the directory has taken it.',
  },
  SCHEDULING_DOCTOR_INACTIVE: {
    status: 422,
    title: 'The doctor is not active.',
    hint: 'Activate the doctor in the directory first.',
  },
  SCHEDULING_CLINIC_UNKNOWN: {
    status: 422,
    title: 'The directory knows no such clinic.',
    hint: 'Check the id; a new clinic is known here moments after the directory has taken it.',
  },
  SCHEDULING_CLINIC_INACTIVE: {
    status: 422,
    title: 'The clinic is not active.',
    hint: 'Activate the clinic in the directory first.',
  },
  SCHEDULING_NOT_AT_CLINIC: {
    status: 422,
    title: 'The doctor does not work at this clinic.',
    hint: 'Choose one of the doctor’s clinics, or add the clinic to the doctor in the directory.',
  },
  SCHEDULING_FIELD_INVALID: {
    status: 422,
    title: 'A field has a value that cannot be.',
    hint: 'Correct the fields named in `errors`.',
  },
  SCHEDULING_RULE_REFUSED: {
    status: 422,
    title: 'The recurrence rule cannot be used.',
    hint: 'Correct what `detail` names; rules name dates: FREQ is DAILY, WEEKLY or MONTHLY.',
  },
  SCHEDULING_LIMIT: {
    status: 422,
    title: 'That is more than a schedule may hold or a request may ask for.',
    hint: 'Split the request, or remove what is no longer needed.',
  },
  SCHEDULING_VERSION_MISSING: {
    status: 428,
    title: 'The change does not say which version it is based on.',
    hint: 'Send the ETag of the GET as If-Match.',
  },
  SCHEDULING_VERSION_STALE: {
    status: 412,
    title: 'Somebody changed it in the meantime.',
    hint: 'Read it again and repeat the change on the new version.',
  },
  SCHEDULING_UNDO_EXPIRED: {
    status: 409,
    title: 'The time to undo this change is over.',
    hint: 'Remove the exceptions with DELETE /v1/rota-exceptions/{id}, or make the opposite change.',
  },
})
