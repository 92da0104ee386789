import { ProblemError } from '@medqueue/service-kit'

import { SchedulingErrors } from '../errors.ts'
import type { ExceptionValues } from '../operations/judge-exception.ts'
import { daysBetween, invalid, timesOrDay } from './fields.ts'

/** Days that one exception may span. */
const MOST_DAYS = 366

interface StatementBody {
  clinicId?: string | null
  start?: string
  end?: string
  reason?: string | null
}

/**
 * What an exception and a bulk change have in common: a closure needs a reason, an opening needs a clinic and times.
 * Throws SCHEDULING_FIELD_INVALID naming the field, or SCHEDULING_LIMIT.
 */
export function statementOf(
  kind: ExceptionValues['kind'],
  { clinicId = null, start, end, reason = null }: StatementBody,
  dates: { first: string; last: string; field: string },
): Pick<ExceptionValues, 'clinicId' | 'start' | 'end' | 'reason'> {
  mustBeShort(dates)
  if (reason !== null) mustBeStorable(reason)
  if (kind === 'closed' && reason === null) throw invalid('reason', 'Say why it is closed.')
  if (kind === 'open') mustHavePlace(clinicId, start)
  return { clinicId, ...timesOrDay(start, end), reason }
}

/** PostgreSQL holds no U+0000, and its JSON no half of a surrogate pair. Throws SCHEDULING_FIELD_INVALID. */
function mustBeStorable(reason: string): void {
  if (reason.includes('\u0000') || !reason.isWellFormed())
    throw invalid('reason', 'Use characters that can be kept.')
}

/** Throws SCHEDULING_FIELD_INVALID. */
function mustHavePlace(clinicId: string | null, start: string | undefined): void {
  if (clinicId === null) throw invalid('clinicId', 'Say at which clinic it is open.')
  if (start === undefined) throw invalid('start', 'Say from when it is open.')
}

/** Throws SCHEDULING_LIMIT when dates in order span more than a year. */
export function mustBeShort({ first, last, field }: { first: string; last: string; field: string }): void {
  if (daysBetween(first, last) <= MOST_DAYS) return
  const detail = `The dates span more than ${MOST_DAYS} days.`
  throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { field, detail })
}
