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
  if (kind === 'closed' && reason === null) throw invalid('reason', 'Say why it is closed.')
  if (kind === 'open' && clinicId === null) throw invalid('clinicId', 'Say at which clinic it is open.')
  if (kind === 'open' && start === undefined) throw invalid('start', 'Say from when it is open.')
  return { clinicId, ...timesOrDay(start, end), reason }
}

/** Throws SCHEDULING_LIMIT when dates in order span more than a year. */
export function mustBeShort({ first, last, field }: { first: string; last: string; field: string }): void {
  if (daysBetween(first, last) <= MOST_DAYS) return
  const detail = `The dates span more than ${MOST_DAYS} days.`
  throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { field, detail })
}
