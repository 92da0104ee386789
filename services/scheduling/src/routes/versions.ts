import { ProblemError } from '@medqueue/service-kit'

import { SchedulingErrors } from '../errors.ts'
import type { Expected } from '../operations/guards.ts'

/** The entity tag of a version. */
export function etagOf({ version }: { version: number }): string {
  return `"${version}"`
}

/** Reads If-Match: `*`, or entity tags. Throws SCHEDULING_VERSION_MISSING. A weak tag matches nothing (RFC 9110). */
export function expectedBy(ifMatch: string | undefined): Expected {
  if (ifMatch === undefined || ifMatch.trim() === '') {
    throw new ProblemError(SchedulingErrors.SCHEDULING_VERSION_MISSING, { field: 'if-match' })
  }
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  return (version) => tags.includes('*') || tags.includes(etagOf({ version }))
}
