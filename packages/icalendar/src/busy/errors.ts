/** Why an outside calendar could not be read; stable, for people and programs. */
export const BUSY_FAULTS = [
  'too_long',
  'not_a_calendar',
  'too_many_events',
  'too_many_occurrences',
  'took_too_long',
] as const
export type BusyFault = (typeof BUSY_FAULTS)[number]

/** The calendar is not one, or is more than is read. Never holds text of the calendar. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
  readonly fault: BusyFault

  constructor(fault: BusyFault, options?: ErrorOptions) {
    super(`the calendar could not be read: ${fault}`, options)
    this.fault = fault
  }
}
