/** Why an audit could not be made. Not a finding: nothing is known then. */
export type AuditErrorCode =
  /** A line of the acknowledgements is not one. */
  | 'AUDIT_ACKNOWLEDGEMENT_INVALID'
  /** The broker stopped in the middle of a read. */
  | 'AUDIT_STREAM_STALLED'
  /** The stream of events is not there. */
  | 'AUDIT_STREAM_MISSING'
  /** A command-line option is missing or unknown. */
  | 'AUDIT_OPTIONS'

export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: AuditErrorCode

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
