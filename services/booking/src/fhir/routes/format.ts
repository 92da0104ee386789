import { ProblemError } from '@medqueue/service-kit'

import { FhirErrors } from '../errors.ts'

export type Format = 'json' | 'xml'

/** Media types and the short names `_format` may have, each with the format it means. */
const FORMATS: Readonly<Record<string, Format>> = {
  json: 'json',
  'application/json': 'json',
  'text/json': 'json',
  'application/fhir+json': 'json',
  xml: 'xml',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/fhir+xml': 'xml',
}

const ANY: ReadonlySet<string> = new Set(['*/*', 'application/*', '*'])

/**
 * The format of the answer: what `_format` says, or the best of the Accept header; JSON when neither says anything.
 * Throws BOOKING_FHIR_NOT_ACCEPTABLE.
 */
export function formatOf(accept: string | undefined, asked: string | undefined): Format {
  if (asked !== undefined) {
    // A plus sign that nobody has encoded arrives as a space.
    const format = FORMATS[typeOf(asked).replace('application/fhir ', 'application/fhir+')]
    if (format === undefined)
      throw new ProblemError(FhirErrors.BOOKING_FHIR_NOT_ACCEPTABLE, { field: '_format' })
    return format
  }
  if (accept === undefined || accept.trim() === '') return 'json'
  const best = accept
    .split(',')
    .map((range) => ({ format: meantBy(typeOf(range)), weight: weightOf(range) }))
    .filter(({ format, weight }) => format !== undefined && weight > 0)
    .sort((a, b) => b.weight - a.weight)[0]?.format
  if (best === undefined) throw new ProblemError(FhirErrors.BOOKING_FHIR_NOT_ACCEPTABLE, { field: 'Accept' })
  return best
}

const typeOf = (range: string) => range.split(';')[0]?.trim().toLowerCase() ?? ''

const meantBy = (type: string): Format | undefined => (ANY.has(type) ? 'json' : FORMATS[type])

function weightOf(range: string): number {
  const weight = /;\s*q=([01](?:\.\d{1,3})?)/i.exec(range)?.[1]
  return weight === undefined ? 1 : Number(weight)
}
