/** Codes by which callers tell the errors of this package apart. */
export type OperatorErrorCode =
  | 'OPERATOR_API'
  | 'OPERATOR_UNREACHABLE'
  | 'OPERATOR_TIMEOUT'
  | 'OPERATOR_BAD_RESPONSE'
  | 'OPERATOR_LEADERSHIP_LOST'
  | 'OPERATOR_TERMINAL'
  | 'OPERATOR_MISUSE'

export class OperatorError extends Error {
  readonly code: OperatorErrorCode

  constructor(code: OperatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** Trying again cannot help until the object or the world changes. The key is not retried. */
export class TerminalError extends OperatorError {
  constructor(message: string, options?: ErrorOptions) {
    super('OPERATOR_TERMINAL', message, options)
  }
}

/** A write was refused, or work ended, because this process does not lead (any more). */
export class LeadershipLostError extends OperatorError {
  constructor(message = 'This process is not the leader', options?: ErrorOptions) {
    super('OPERATOR_LEADERSHIP_LOST', message, options)
  }
}

export interface ApiErrorFields {
  code: 'OPERATOR_API' | 'OPERATOR_UNREACHABLE' | 'OPERATOR_TIMEOUT' | 'OPERATOR_BAD_RESPONSE'
  message: string
  /** HTTP status; 0 when there was no answer. */
  status?: number
  /** The `reason` of the API server's Status, such as `Conflict`. */
  reason?: string | undefined
  /** From `Retry-After` or the Status' details, in milliseconds. */
  retryAfterMs?: number | undefined
}

/** A call to the API server failed: it refused, did not answer, or answered nonsense. */
export class ApiError extends OperatorError {
  readonly status: number
  readonly reason: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(fields: ApiErrorFields, options?: ErrorOptions) {
    super(fields.code, fields.message, options)
    this.status = fields.status ?? 0
    this.reason = fields.reason
    this.retryAfterMs = fields.retryAfterMs
  }
}

const hasStatus = (error: unknown, status: number) => error instanceof ApiError && error.status === status

/** There is no such object. A kind that the server does not know is another 404, without a reason. */
export const isNotFound = (error: unknown): boolean =>
  hasStatus(error, 404) && (error as ApiError).reason === 'NotFound'

/** The object exists already, or has changed since it was read, or another manager owns a field. */
export const isConflict = (error: unknown): boolean => hasStatus(error, 409)

/** A create met an object of that name. */
export const isAlreadyExists = (error: unknown): boolean =>
  hasStatus(error, 409) && (error as ApiError).reason === 'AlreadyExists'

/** The resource version is too old to go on from. */
export const isGone = (error: unknown): boolean => hasStatus(error, 410)

/** The API server finds the object wrong (422) or malformed (400). */
export const isInvalid = (error: unknown): boolean => hasStatus(error, 422) || hasStatus(error, 400)

/** The words of what was thrown, whatever that is. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
