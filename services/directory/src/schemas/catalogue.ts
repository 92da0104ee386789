import { ServiceTypeSnapshot, ZoneName } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { RecordHead } from './common.ts'
import { Name, nullable } from './text.ts'

export const clinicFields = {
  name: Name,
  city: Name,
  state: Name,
  zone: ZoneName,
  neighbourhood: Type.Optional(nullable(Name)),
}
export const ClinicRecord = Type.Object({
  ...RecordHead,
  ...clinicFields,
  neighbourhood: nullable(Type.String()),
})
export type ClinicFields = Omit<Static<typeof ClinicRecord>, keyof typeof RecordHead>

export const specialtyFields = { name: Name }
export const SpecialtyRecord = Type.Object({ ...RecordHead, ...specialtyFields })
export type SpecialtyFields = Omit<Static<typeof SpecialtyRecord>, keyof typeof RecordHead>

const rules = Type.Omit(ServiceTypeSnapshot, ['id', 'version', 'active', 'name'])

/** The rules that came later may be left out: the defaults are what every service did before. */
export const serviceTypeFields = { name: Name, ...rules.properties }
export const ServiceTypeRecord = Type.Object({
  ...RecordHead,
  name: Name,
  ...Type.Required(rules).properties,
})
export type ServiceTypeFields = Omit<Static<typeof ServiceTypeRecord>, keyof typeof RecordHead>
