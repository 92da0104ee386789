import { type Static, Type } from 'typebox'

import { Label, Uuid, ZoneName } from '../primitives.ts'

const Version = Type.Integer({ minimum: 1 })

/** Subject `directory.doctor.<id>`, type `directory.doctor.changed`. */
export const DoctorSnapshot = Type.Object({
  id: Uuid,
  version: Version,
  active: Type.Boolean(),
  name: Label,
  specialtyId: Uuid,
  clinicIds: Type.Array(Uuid, { maxItems: 50 }),
  serviceIds: Type.Array(Uuid, { maxItems: 100, description: 'Service types the doctor offers' }),
})
export type DoctorSnapshot = Static<typeof DoctorSnapshot>

/** Subject `directory.clinic.<id>`, type `directory.clinic.changed`. */
export const ClinicSnapshot = Type.Object({
  id: Uuid,
  version: Version,
  active: Type.Boolean(),
  name: Label,
  city: Label,
  state: Label,
  zone: ZoneName,
})
export type ClinicSnapshot = Static<typeof ClinicSnapshot>

/** Subject `directory.specialty.<id>`, type `directory.specialty.changed`. */
export const SpecialtySnapshot = Type.Object({
  id: Uuid,
  version: Version,
  active: Type.Boolean(),
  name: Label,
})
export type SpecialtySnapshot = Static<typeof SpecialtySnapshot>

/** Subject `directory.service-type.<id>`, type `directory.service-type.changed`. */
export const ServiceTypeSnapshot = Type.Object({
  id: Uuid,
  version: Version,
  active: Type.Boolean(),
  name: Label,
  durationMinutes: Type.Integer({ minimum: 5, maximum: 480 }),
  bufferAfterMinutes: Type.Integer({
    minimum: 0,
    maximum: 240,
    description: 'Kept free for the doctor after the visit',
  }),
  alignmentMinutes: Type.Integer({
    minimum: 5,
    maximum: 480,
    description: 'Starts lie on this grid, counted from the start of the window',
  }),
  minimumNoticeMinutes: Type.Integer({ minimum: 0, maximum: 43_200 }),
  horizonDays: Type.Integer({ minimum: 1, maximum: 730, description: 'How far ahead it may be booked' }),
  approval: Type.Union([Type.Literal('automatic'), Type.Literal('manual')], {
    description: 'manual: the request waits in the doctor’s lobby as pending',
  }),
})
export type ServiceTypeSnapshot = Static<typeof ServiceTypeSnapshot>

/** Subject `directory.patients.<batch>`, type `directory.patients.changed`: no names, so no personal data travels. */
export const PatientsChanged = Type.Object({
  patients: Type.Array(Type.Object({ id: Uuid, version: Version, active: Type.Boolean() }), {
    minItems: 1,
    maxItems: 500,
  }),
})
export type PatientsChanged = Static<typeof PatientsChanged>
