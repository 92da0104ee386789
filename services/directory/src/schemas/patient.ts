import { type Static, Type } from 'typebox'

import { RecordHead } from './common.ts'
import { Email, Name, nullable, Phone } from './text.ts'

export interface PatientFields {
  name: string
  birthYear: number | null
  email: string | null
  phone: string | null
}

export const patientFields = {
  name: Name,
  birthYear: Type.Optional(nullable(Type.Integer({ minimum: 1900, maximum: 2100 }))),
  email: Type.Optional(nullable(Email)),
  phone: Type.Optional(nullable(Phone)),
}

export const PatientRecord = Type.Object({
  ...RecordHead,
  name: Name,
  birthYear: nullable(Type.Integer()),
  email: nullable(Type.String()),
  phone: nullable(Type.String()),
})
export type PatientRecord = Static<typeof PatientRecord>

/** What a patient may change: how to be reached. Null clears a field. */
export const ContactPatch = Type.Object(
  { email: Type.Optional(nullable(Email)), phone: Type.Optional(nullable(Phone)) },
  { additionalProperties: false, minProperties: 1 },
)
export type ContactPatch = Static<typeof ContactPatch>
