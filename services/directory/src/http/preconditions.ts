import { ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'

import { type Expected, parseIfMatch } from '../domain/etag.ts'
import { DirectoryErrors } from '../errors.ts'

/** The versions that If-Match allows. Throws DIRECTORY_IF_MATCH_MISSING or DIRECTORY_IF_MATCH_MALFORMED. */
export function expectedVersions(request: FastifyRequest): Expected {
  const header = request.headers['if-match']
  if (header === undefined) {
    throw new ProblemError(DirectoryErrors.DIRECTORY_IF_MATCH_MISSING, {
      field: 'if-match',
      detail: 'is missing',
    })
  }
  const expected = parseIfMatch(header)
  if (expected !== undefined) return expected
  throw new ProblemError(DirectoryErrors.DIRECTORY_IF_MATCH_MALFORMED, {
    field: 'if-match',
    detail: 'must be an ETag in quotes or *',
  })
}
