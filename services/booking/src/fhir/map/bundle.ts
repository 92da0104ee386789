import { hash } from 'node:crypto'

import type { Bundle, BundleEntry, FhirResource, OperationOutcome } from 'fhir/r4.js'

export interface Page {
  base: string
  /** How many there are in all; undefined when nobody has counted. */
  total?: number | undefined
  matches: readonly FhirResource[]
  included?: readonly FhirResource[]
  /** What there is to say of the search beside its result. */
  outcome?: OperationOutcome | undefined
  self?: string
  next?: string | undefined
}

function entry(base: string, resource: FhirResource, mode: 'match' | 'include' | 'outcome'): BundleEntry {
  const { resourceType, id } = resource
  const fullUrl = id === undefined ? urnOf(resource) : `${base}/${resourceType}/${id}`
  return { fullUrl, resource, search: { mode } }
}

/** Every entry has an address; what is nowhere stored has one of its content (a UUID of version 8, RFC 9562). */
function urnOf(resource: FhirResource): string {
  const hex = hash('sha256', JSON.stringify(resource), 'hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return `urn:uuid:${parts.join('-')}`
}

/**
 * A searchset. IHE's profile wants at least one entry, so that a search without a result has an outcome that says so.
 */
export function searchset({ base, total, matches, included = [], outcome, self, next }: Page): Bundle {
  const said = outcome ?? (matches.length === 0 ? nothingFound() : undefined)
  const link = [
    ...(self === undefined ? [] : [{ relation: 'self', url: self }]),
    ...(next === undefined ? [] : [{ relation: 'next', url: next }]),
  ]
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(total === undefined ? {} : { total }),
    ...(link.length === 0 ? {} : { link }),
    entry: [
      ...matches.map((resource) => entry(base, resource, 'match')),
      ...included.map((resource) => entry(base, resource, 'include')),
      ...(said === undefined ? [] : [entry(base, said, 'outcome')]),
    ],
  }
}

const nothingFound = () => information(['Nothing matches.'])

/** Remarks that stop nothing. */
export function information(remarks: readonly string[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: remarks.map((text) => ({ severity: 'information', code: 'informational', details: { text } })),
  }
}
