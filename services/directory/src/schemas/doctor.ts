import { LanguageTag, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { PageQuery, RecordHead } from './common.ts'
import { line, Name, nullable, Phone } from './text.ts'

/** What is kept in the doctor's own row. */
export interface DoctorFields {
  name: string
  specialtyId: string
  phone: string | null
  phonePublic: boolean
  /** BCP 47 tags in their canonical form. */
  languages: string[]
}

export const doctorFields = {
  name: Name,
  specialtyId: Uuid,
  clinicIds: Type.Array(Uuid, {
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: 'The main one first',
  }),
  serviceIds: Type.Array(Uuid, { maxItems: 100, uniqueItems: true, description: 'Service types offered' }),
  phone: nullable(Phone),
  phonePublic: Type.Boolean({ description: 'Whether everybody may see the phone number' }),
  languages: Type.Optional(
    Type.Array(LanguageTag, {
      maxItems: 20,
      uniqueItems: true,
      default: [],
      description: 'Spoken with patients, BCP 47, such as pt-BR; kept in canonical form',
    }),
  ),
}
export const DoctorWrite = strictObject(doctorFields)
export type DoctorWrite = Static<typeof DoctorWrite>

export const DoctorRecord = Type.Object({
  ...RecordHead,
  name: Name,
  specialtyId: Uuid,
  specialtyName: Name,
  clinicIds: doctorFields.clinicIds,
  clinics: Type.Array(
    Type.Object({ id: Uuid, name: Name, neighbourhood: nullable(Type.String()), city: Name, state: Name }),
    { description: 'In the order of clinicIds' },
  ),
  serviceIds: doctorFields.serviceIds,
  // No pattern: what is stored is shown, even if a rule has become stricter since.
  phone: nullable(Type.String()),
  phonePublic: Type.Boolean(),
  languages: Type.Array(Type.String()),
})
export type DoctorRecord = Static<typeof DoctorRecord>

export const DoctorQuery = strictObject({
  specialty: Type.Optional(Uuid),
  clinic: Type.Optional(Uuid),
  service: Type.Optional(Uuid),
  city: Type.Optional(line(200, 'Accents and case do not matter')),
  state: Type.Optional(line(200, 'Accents and case do not matter')),
  q: Type.Optional(
    line(100, 'Words of name, specialty, clinic or place; accents and slips of the pen do not matter'),
  ),
  ...PageQuery,
})
export type DoctorQuery = Static<typeof DoctorQuery>
