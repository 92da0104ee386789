import { type Caller, ProblemError } from '@medqueue/service-kit'

import { FhirErrors } from '../errors.ts'
import { SYSTEMS, uuidOf } from '../map/codes.ts'
import { isUuid } from '../map/ids.ts'
import { common, type Search } from '../map/search.ts'
import { boundsOf, referencedId, tokenMeans, tokenOf } from '../map/search-values.ts'
import type { AuditFilter } from '../store/search-audit-events.ts'
import { AUDITED } from './entry.ts'

const TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type'
const CREATE = 'http://hl7.org/fhir/restful-interaction'

/** What each value of a filter means: ids, or transactions. */
const MEANT: Readonly<Record<string, (value: string, base: string) => readonly string[]>> = {
  _id: (value) => (isUuid(value) ? [value] : []),
  patient: (value, base) => [referencedId(value, 'Patient', base) ?? ''].filter(isUuid),
  'patient.identifier': (value) => {
    const { system, code } = tokenOf(value)
    return [uuidOf({ system, value: code }) ?? ''].filter(isUuid)
  },
  type: (value) => (tokenMeans(tokenOf(value), TYPE, 'rest') ? Object.keys(AUDITED) : []),
  subtype: (value) => {
    const token = tokenOf(value)
    return Object.keys(AUDITED).filter(
      (code) => tokenMeans(token, SYSTEMS.auditTransaction, code) || tokenMeans(token, CREATE, 'create'),
    )
  },
}

/**
 * Which entries a search means for this caller: those about oneself, and with `audit:read-any` everybody's. Throws
 * BOOKING_FHIR_PATIENT_FORBIDDEN for one who asks after somebody else, and InvalidInput.
 */
export function auditsFor(caller: Caller, { filters }: Search, base: string): AuditFilter {
  const listed = (...names: string[]): readonly string[] | undefined => {
    const sets = filters
      .filter(({ name }) => names.includes(name))
      .map(({ name, values }) => new Set(values.flatMap((value) => MEANT[name]?.(value, base) ?? [])))
    const both = common(sets)
    return both === undefined ? undefined : [...both]
  }
  const dates = filters.filter(({ name }) => name === 'date').flatMap(({ values }) => values)
  const patientIds = listed('patient', 'patient.identifier')
  const filter = { ids: listed('_id'), transactions: listed('type', 'subtype'), ...boundsOf(dates, 'date') }
  if (caller.can('audit:read-any')) return { ...filter, patientIds }
  if (patientIds?.some((id) => id !== caller.id) === true)
    throw new ProblemError(FhirErrors.BOOKING_FHIR_PATIENT_FORBIDDEN, { field: 'patient' })
  return { ...filter, patientIds: patientIds ?? [caller.id] }
}
