import type { Relationship } from '@medqueue/contracts'
import type { RelatedPerson } from 'fhir/r4.js'

import type { RelatedRow } from '../store/list-related.ts'
import { identifierOf, SYSTEMS } from './codes.ts'

/** What somebody is to the patient, in the codes of HL7 v3. */
const ROLE_CODES: Readonly<Record<Relationship, readonly [code: string, display: string]>> = {
  parent: ['PRN', 'parent'],
  child: ['CHILD', 'child'],
  spouse: ['SPS', 'spouse'],
  partner: ['DOMPART', 'domestic partner'],
  sibling: ['SIB', 'sibling'],
  grandparent: ['GRPRN', 'grandparent'],
  family: ['FAMMEMB', 'family member'],
  friend: ['FRND', 'unrelated friend'],
  guardian: ['GUARD', 'guardian'],
  attorney: ['POWATT', 'power of attorney'],
}

/** What somebody was granted for a patient. Who it is is told by their identifier: names are the directory's. */
export function relatedPersonOf(row: RelatedRow, now: number): RelatedPerson {
  const [code, display] = ROLE_CODES[row.relationship]
  const end = row.expires_at.toISOString()
  return {
    resourceType: 'RelatedPerson',
    id: row.id,
    meta: { versionId: String(row.version) },
    identifier: [identifierOf(row.proxy_id)],
    active: row.active && row.expires_at.getTime() > now * 1_000,
    patient: { reference: `Patient/${row.patient_id}` },
    relationship: [{ coding: [{ system: SYSTEMS.roleCode, code, display }], text: display }],
    period: { end },
  }
}
