import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

import { type CatalogueEntry, CommonErrors, type FieldError, ProblemError } from './errors.ts'
import { traceOf } from './logging.ts'
import { isDependencyDown } from './unavailable.ts'

/** Seconds after which a client may try again when a dependency is down. */
const RETRY_AFTER = '2'
/** While a dependency is down, or a crowd is there, the error is logged this often and not for each request. */
const UNAVAILABLE_LOG_MS = 1_000

type ErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void
type SendProblem = (problem: ProblemError, request: FastifyRequest, reply: FastifyReply) => void

/** Turns whatever was thrown into one problem document, or into what `send` makes of the problem. */
export function createErrorHandler(send: SendProblem = sendProblem): ErrorHandler {
  let silentUntil = -Infinity

  return function handleError(error, request, reply) {
    const problem = toProblem(error)
    const fields = { err: error, code: problem.code }
    if (problem.statusCode === 503) {
      const now = performance.now()
      if (now >= silentUntil) {
        silentUntil = now + UNAVAILABLE_LOG_MS
        request.log.warn(fields, 'requests are answered 503')
      }
    } else if (problem.statusCode >= 500) {
      request.log.error(fields, 'request failed')
    }
    send(problem, request, reply)
  }
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(new ProblemError(CommonErrors.NOT_FOUND), request, reply)
}

/** The problem document, as `application/problem+json`. With a status of 500 or more only
 * members leave that the thrower chose for the client, such as the id to ask about; no text on what happened. */
export function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  prepareProblem(problem, reply)
    .header('content-type', 'application/problem+json')
    // As bytes: a schema for success must not cut the document, nor a charset be added to its type.
    .send(Buffer.from(JSON.stringify(documentOf(problem, request))))
}

/** Sets the status of a problem and the headers that any form of it has. */
export function prepareProblem(problem: ProblemError, reply: FastifyReply): FastifyReply {
  if (problem.headers !== undefined) reply.headers(problem.headers)
  if (problem.statusCode === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER)
  return (
    reply
      .code(problem.statusCode)
      .header('cache-control', 'no-store')
      // Once more: what fails before routing has met no hook.
      .header('x-content-type-options', 'nosniff')
  )
}

function documentOf(problem: ProblemError, request: FastifyRequest) {
  const { entry, detail, extra } = problem
  const open = entry.status < 500
  const errors = open ? fieldErrors(problem) : undefined
  return {
    ...extra,
    type: entry.type,
    title: entry.title,
    status: entry.status,
    ...(open && detail !== undefined ? { detail } : {}),
    instance: pathOf(request.url),
    code: entry.code,
    // Not `request.trace`: a request that failed before routing has no decorations.
    traceId: traceOf(request.raw).traceId,
    ...(errors === undefined ? {} : { errors }),
  }
}

function fieldErrors({ field, detail, entry, extra }: ProblemError): FieldError[] | undefined {
  if (field !== undefined) return [{ field, message: detail ?? entry.title }]
  return extra?.errors as FieldError[] | undefined
}

/** A part of a path as long as 256 bits in base64url: whoever knows it may read, so it is in no log and no answer. */
const SECRET = /(?<=\/)[A-Za-z0-9_-]{43,}(?=[./]|$)/g

/** Without the query string, which may say something of a person. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return (query === -1 ? url : url.slice(0, query)).slice(0, 200).replaceAll(SECRET, '***')
}

type Thrown = Partial<FastifyError> & { statusCode?: number }

/** The problem an error stands for. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (isDependencyDown(error)) return new ProblemError(CommonErrors.UNAVAILABLE, { cause: error })
  const thrown = (error ?? {}) as Thrown
  if (thrown.validation !== undefined) return validationProblem(thrown)
  const entry = BY_FASTIFY_CODE[thrown.code ?? ''] ?? byStatus(thrown.statusCode)
  if (entry === CommonErrors.MALFORMED_JSON) return new ProblemError(entry, { field: 'body', cause: error })
  return new ProblemError(entry, { cause: error })
}

const BY_FASTIFY_CODE: Record<string, CatalogueEntry> = {
  FST_ERR_CTP_BODY_TOO_LARGE: CommonErrors.BODY_TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: CommonErrors.UNSUPPORTED_MEDIA_TYPE,
  FST_ERR_CTP_EMPTY_JSON_BODY: CommonErrors.MALFORMED_JSON,
  FST_ERR_CTP_INVALID_JSON_BODY: CommonErrors.MALFORMED_JSON,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: CommonErrors.BAD_REQUEST,
  FST_ERR_BAD_URL: CommonErrors.BAD_REQUEST,
  FST_ERR_MAX_PARAM_LENGTH: CommonErrors.URI_TOO_LONG,
}

const BY_STATUS: Record<number, CatalogueEntry> = {
  401: CommonErrors.UNAUTHENTICATED,
  403: CommonErrors.FORBIDDEN,
  404: CommonErrors.NOT_FOUND,
  408: CommonErrors.REQUEST_TIMEOUT,
  413: CommonErrors.BODY_TOO_LARGE,
  414: CommonErrors.URI_TOO_LONG,
  415: CommonErrors.UNSUPPORTED_MEDIA_TYPE,
  429: CommonErrors.RATE_LIMITED,
  431: CommonErrors.HEADERS_TOO_LARGE,
  502: CommonErrors.UNAVAILABLE,
  503: CommonErrors.UNAVAILABLE,
  504: CommonErrors.UNAVAILABLE,
}

function byStatus(status: number | undefined): CatalogueEntry {
  if (status === undefined) return CommonErrors.INTERNAL
  const known = BY_STATUS[status]
  if (known !== undefined) return known
  return status >= 400 && status < 500 ? CommonErrors.BAD_REQUEST : CommonErrors.INTERNAL
}

interface Fault {
  instancePath?: string
  keyword?: string
  message?: string
  params?: Record<string, unknown>
}

function validationProblem({ validation = [], validationContext = 'body' }: Thrown): ProblemError {
  const errors = (validation as Fault[]).map((fault) => describeFault(fault, validationContext))
  const [first] = errors
  const detail = first === undefined ? undefined : `${first.field} ${first.message}.`
  return new ProblemError(CommonErrors.VALIDATION_FAILED, {
    ...(detail === undefined ? {} : { detail }),
    extra: { errors, in: validationContext },
  })
}

function describeFault(fault: Fault, context: string): FieldError {
  const path = (fault.instancePath ?? '').split('/').slice(1).map(unescapePointer)
  const { missingProperty, additionalProperty } = fault.params ?? {}
  const name = fault.keyword === 'required' ? missingProperty : additionalProperty
  if (typeof name === 'string') path.push(name.slice(0, 100))
  const field = path.length === 0 ? context : path.join('.')
  return { field, message: messageOf(fault) }
}

function messageOf({ keyword, message = 'is not valid' }: Fault): string {
  if (keyword === 'required') return 'is missing'
  if (keyword === 'additionalProperties') return 'is not a known field'
  return message
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
