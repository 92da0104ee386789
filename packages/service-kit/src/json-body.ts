import { isUtf8 } from 'node:buffer'

import { CommonErrors, ProblemError } from './errors.ts'
import type { Service } from './types.ts'

/**
 * JSON is UTF-8 (RFC 8259, 8.1), and anything else is refused: decoded leniently, what a person has written in another
 * encoding would be stored with replacement characters in it, and nobody would be told.
 */
export function readJsonBodies(app: Service): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (isUtf8(body)) return parse(request, body.toString(), done)
    done(new ProblemError(CommonErrors.MALFORMED_JSON, { field: 'body', detail: 'The body is not UTF-8.' }))
  })
}
