import { createErrorHandler, formatTraceparent, prepareProblem, ProblemError } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import type { SlotView } from '../../api/schemas.ts'
import { BookingErrors } from '../../errors.ts'
import { FhirErrors } from '../errors.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { outcomeOf, type Problem } from '../map/outcome.ts'
import { sendResource } from './http.ts'

/** What an OperationOutcome may tell of a problem. Of failures of ours it says no more than where to look for them. */
export function problemIn(error: ProblemError, request: FastifyRequest): Problem {
  const { entry, detail, field, extra, cause } = error
  const { code, status, title, hint } = entry
  const open = status < 500
  const alternatives = extra?.alternatives as readonly SlotView[] | undefined
  return {
    code,
    status,
    title,
    hint,
    ...(open && detail !== undefined ? { detail } : {}),
    ...(open && field !== undefined ? { expression: field } : {}),
    ...(cause instanceof InvalidInput ? { issue: cause.fault } : {}),
    ...(alternatives === undefined ? {} : { alternatives }),
    ...(open ? {} : { traceId: traceIdOf(request) }),
  }
}

/** The trace id within a traceparent. */
function traceIdOf(request: FastifyRequest): string | undefined {
  return formatTraceparent(request.trace).split('-')[1]
}

/** Input that cannot be taken, as the coded error it is told as. */
export function known(error: unknown): unknown {
  if (!(error instanceof InvalidInput)) return error
  const { message, expression } = error
  return new ProblemError(FhirErrors.BOOKING_FHIR_INVALID, {
    detail: `${message}.`,
    cause: error,
    ...(expression === undefined || expression === '' ? {} : { field: expression }),
  })
}

const handle = createErrorHandler((problem: ProblemError, request: FastifyRequest, reply: FastifyReply) => {
  sendResource(request, prepareProblem(problem, reply), outcomeOf(problemIn(problem, request)))
})

/** Whatever was thrown, as an OperationOutcome. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  handle(known(error), request, reply)
}

/** True for what says that an appointment cannot be had or changed, and not that something is wrong with the request. */
export function isRefusal({ statusCode }: ProblemError): boolean {
  return [404, 409, 412, 422].includes(statusCode)
}

/** True for a refusal of the queue's or of the record's: the time itself cannot be had. */
export function isLost({ code, statusCode, extra }: ProblemError): boolean {
  if (extra?.alternatives !== undefined) return true
  return statusCode === 422 && !ABOUT_THE_REQUEST.has(code)
}

const ABOUT_THE_REQUEST: ReadonlySet<string> = new Set([
  FhirErrors.BOOKING_FHIR_NOT_SUPPORTED.code,
  BookingErrors.BOOKING_KEY_REUSED.code,
  BookingErrors.BOOKING_ANSWER_INVALID.code,
])
