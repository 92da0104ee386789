import type {
  CodeableConcept,
  Coding,
  HealthcareService,
  Location,
  Practitioner,
  PractitionerRole,
  Reference,
  Schedule,
} from 'fhir/r4.js'

import { folded } from '../../domain/folded.ts'
import { uuidOf } from './codes.ts'
import { referencedId, tokenMeans, tokenOf } from './search-values.ts'

export type DirectoryResource = Practitioner | PractitionerRole | HealthcareService | Location | Schedule

/** The elements any of them may have, as the readers below look for them. */
interface Fields {
  id?: string
  active?: boolean
  status?: string
  name?: string | { text?: string }[]
  address?: { city?: string; state?: string }
  specialty?: CodeableConcept[]
  type?: CodeableConcept[]
  serviceType?: CodeableConcept[]
  practitioner?: Reference
  location?: Reference[]
  healthcareService?: Reference[]
  actor?: Reference[]
}

const codings = (concepts: CodeableConcept[] = []): Coding[] => concepts.flatMap(({ coding = [] }) => coding)

const CODES: Readonly<Record<string, (fields: Fields) => Coding[]>> = {
  specialty: ({ specialty }) => codings(specialty),
  'service-type': ({ serviceType, type }) => codings(serviceType ?? type),
}

const REFERENCES: Readonly<Record<string, (fields: Fields) => Reference[]>> = {
  practitioner: ({ practitioner }) => (practitioner === undefined ? [] : [practitioner]),
  location: ({ location = [] }) => location,
  service: ({ healthcareService = [] }) => healthcareService,
  actor: ({ actor = [] }) => actor,
}

const present = (...texts: (string | undefined)[]) => texts.filter((text) => text !== undefined)

const TEXTS: Readonly<Record<string, (fields: Fields) => string[]>> = {
  name: ({ name }) => (Array.isArray(name) ? present(...name.map(({ text }) => text)) : present(name)),
  address: ({ address }) => present(address?.city, address?.state),
  'address-city': ({ address }) => present(address?.city),
  'address-state': ({ address }) => present(address?.state),
}

const PLAIN: Readonly<Record<string, (fields: Fields, value: string) => boolean>> = {
  _id: ({ id }, value) => id === value,
  active: ({ active }, value) => String(active) === value,
  status: ({ status }, value) => status === value,
  identifier: ({ id }, value) => {
    const { system, code } = tokenOf(value)
    return uuidOf({ system, value: code }) === id
  },
}

/** Whether a resource of the directory has the value in what the parameter looks at. */
export function has(resource: DirectoryResource, name: string, value: string, base: string): boolean {
  const fields = resource as unknown as Fields
  const plain = PLAIN[name]
  if (plain !== undefined) return plain(fields, value)
  const token = tokenOf(value)
  const isMeant = ({ system = '', code = '' }: Coding) => tokenMeans(token, system, code)
  if (CODES[name]?.(fields).some(isMeant) === true) return true
  if (TEXTS[name]?.(fields).some((text) => startsIn(text, value)) === true) return true
  return REFERENCES[name]?.(fields).some(({ reference = '' }) => refersTo(reference, value, base)) === true
}

function refersTo(reference: string, value: string, base: string): boolean {
  const [type = '', id] = reference.split('/')
  return referencedId(value, type, base) === id
}

/** True when the text, or a word of it, starts with the value; case and accents do not count. */
export function startsIn(text: string, value: string): boolean {
  const [whole, start] = [folded(text), folded(value)]
  return whole.startsWith(start) || whole.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(start))
}
