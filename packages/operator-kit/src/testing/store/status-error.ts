/** A refusal as the API server words it. */
export class StatusError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }

  /** Undefined when the server answers in plain words. */
  get body(): object | undefined {
    if (this.reason === '') return undefined
    const { status: code, reason, message } = this
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  }
}

export const notFound = (what: string) => new StatusError(404, 'NotFound', `${what} not found`)
export const conflict = (what: string, why: string) =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${what}: ${why}`)
export const invalid = (what: string, why: string) =>
  new StatusError(422, 'Invalid', `${what} is invalid: ${why}`)
export const expired = (why: string) => new StatusError(410, 'Expired', why)
export const badRequest = (why: string) => new StatusError(400, 'BadRequest', why)
