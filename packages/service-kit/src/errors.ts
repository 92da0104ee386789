/** One coded error: what the caller is told, and what they can do about it. */
export interface CatalogueEntry {
  readonly code: string
  /** HTTP status of the answer. Errors at start carry 500 and never reach a client. */
  readonly status: number
  /** One constant sentence. */
  readonly title: string
  /** What to do next. */
  readonly hint: string
  /** URI of the problem type, made of the code. */
  readonly type: string
}

export type ErrorCatalogue = Readonly<Record<string, CatalogueEntry>>

export interface ErrorDefinition {
  status: number
  title: string
  hint: string
}

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/
const catalogues = new WeakSet<object>()

/**
 * A catalogue of coded errors whose keys are their codes. Every code starts with the prefix (an empty prefix is
 * for the errors all services share). Throws a plain error for a code that does not fit: that is a bug.
 */
export function defineErrors<const D extends Readonly<Record<string, ErrorDefinition>>>(
  prefix: string,
  definitions: D,
): { readonly [K in keyof D]: CatalogueEntry } {
  const entries = Object.entries(definitions).map(([code, { status, title, hint }]) => {
    const fits = CODE.test(code) && (prefix === '' || code.startsWith(`${prefix}_`))
    if (!fits) throw new TypeError(`error code ${code} must be upper case and start with ${prefix}_`)
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new TypeError(`error code ${code} must have a status from 400 to 599`)
    }
    const type = `https://medqueue.dev/problems/${code.toLowerCase().replaceAll('_', '-')}`
    return [code, Object.freeze({ code, status, title, hint, type })] as const
  })
  const catalogue = Object.freeze(Object.fromEntries(entries))
  catalogues.add(catalogue)
  return catalogue as { readonly [K in keyof D]: CatalogueEntry }
}

/** True for what `defineErrors` made; tells catalogues from the other exports of an errors.ts. */
export function isCatalogue(value: unknown): value is ErrorCatalogue {
  return typeof value === 'object' && value !== null && catalogues.has(value)
}

export interface FieldError {
  field: string
  message: string
}

export interface ProblemOptions {
  /** What happened this time. Reaches the client when the status is below 500. */
  detail?: string
  /** The field at fault, in dots: `rules.0.start`. */
  field?: string
  /** Further members of the problem document, chosen for the client's eyes. */
  extra?: Record<string, unknown>
  headers?: Record<string, string>
  cause?: unknown
}

/** An error that becomes an RFC 9457 answer. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly entry: CatalogueEntry
  readonly code: string
  readonly statusCode: number
  readonly detail: string | undefined
  readonly field: string | undefined
  readonly extra: Record<string, unknown> | undefined
  readonly headers: Record<string, string> | undefined

  constructor(entry: CatalogueEntry, options: ProblemOptions = {}) {
    const { detail, field, extra, headers, cause } = options
    super(
      detail === undefined ? entry.title : `${entry.title} ${detail}`,
      cause === undefined ? {} : { cause },
    )
    this.entry = entry
    this.code = entry.code
    this.statusCode = entry.status
    this.detail = detail
    this.field = field
    this.extra = extra
    this.headers = headers
  }
}

/** Errors that every service can answer with. */
export const CommonErrors = defineErrors('', {
  BAD_REQUEST: {
    status: 400,
    title: 'The request cannot be understood.',
    hint: 'Compare the request with the OpenAPI document at /openapi.json.',
  },
  VALIDATION_FAILED: {
    status: 400,
    title: 'A field of the request is not valid.',
    hint: 'Correct the fields named in `errors`.',
  },
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON.',
    hint: 'Send one JSON object encoded in UTF-8.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid access token is needed.',
    hint: 'Log in again and send the new token as `Authorization: Bearer …`.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'Your role does not permit this.',
    hint: 'Ask an administrator for the role that `x-permission` in the OpenAPI document names.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing here.',
    hint: 'Check the path and the method against the OpenAPI document at /openapi.json.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive.',
    hint: 'Send the whole request within ten seconds.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large.',
    hint: 'Send a smaller body; most routes take up to 64 KiB.',
  },
  URI_TOO_LONG: {
    status: 414,
    title: 'The address is too long.',
    hint: 'Check the identifiers in the path, and shorten the query.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not supported.',
    hint: 'Send `Content-Type: application/json`.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests.',
    hint: 'Wait for the seconds that `Retry-After` gives.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large.',
    hint: 'Send fewer or shorter headers, 16 KiB in all.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong on our side.',
    hint: 'Report the `traceId`; the logs are found by it.',
  },
  UNAVAILABLE: {
    status: 503,
    title: 'The service cannot answer now.',
    hint: 'Try again after the seconds that `Retry-After` gives, with the same `Idempotency-Key`.',
  },
  CROWDED: {
    status: 503,
    title: 'More people ask at once than can be served; nothing of this request was begun.',
    hint: 'Send it again after the seconds that `Retry-After` gives, with the same `Idempotency-Key`.',
  },
  CONFIG_INVALID: {
    status: 500,
    title: 'The configuration is not valid.',
    hint: 'At start only: correct the environment variables that are named.',
  },
  ROUTE_WITHOUT_PERMISSION: {
    status: 500,
    title: 'A route declares no permission.',
    hint: 'At start only: give the route `config.permission`.',
  },
})
