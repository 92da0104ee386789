/** Why an outside calendar could not be fetched; stable, shown to its owner. */
export const FETCH_FAULTS = [
  'address_unknown',
  'address_not_public',
  'address_not_https',
  'unreachable',
  'timed_out',
  'too_long',
  'too_many_redirects',
  'compressed',
  'status_client_error',
  'status_server_error',
  'status_unexpected',
] as const
export type FetchFault = (typeof FETCH_FAULTS)[number]

/** The calendar could not be fetched. Says nothing of what was found there. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
  readonly fault: FetchFault

  constructor(fault: FetchFault, options?: ErrorOptions) {
    super(`the calendar could not be fetched: ${fault}`, options)
    this.fault = fault
  }
}
