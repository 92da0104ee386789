import { type Static, Type } from 'typebox'

import { Instant, Label, Uuid, ZoneName } from '../primitives.ts'
import { RequestField } from './request-fields.ts'

const Version = Type.Integer({ minimum: 1 })

/** A language a doctor speaks with patients, such as `pt-BR`. */
export const LanguageTag = Type.String({
  pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$',
  maxLength: 35,
  description: 'BCP 47 language tag, such as pt-BR',
})

/** What a room or device is for, such as `ultrasound`: a service type asks for a kind, a resource is of one. */
export const ResourceKind = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  minLength: 1,
  maxLength: 40,
  description: 'Small letters, digits and hyphens, such as ultrasound',
})

/** Subject `directory.doctor.<id>`, type `directory.doctor.changed`. */
export const DoctorSnapshot = Type.Object({
  id: Uuid,
  version: Version,
  active: Type.Boolean(),
  name: Label,
  specialtyId: Uuid,
  clinicIds: Type.Array(Uuid, { maxItems: 50 }),
  serviceIds: Type.Array(Uuid, { maxItems: 100, description: 'Service types the doctor offers' }),
  languages: Type.Optional(
    Type.Array(LanguageTag, { maxItems: 20, description: 'Spoken with patients; none known when missing' }),
  ),
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
  // Events from before these fields were said do not have them: what is missing is the default.
  bufferBeforeMinutes: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 240,
      default: 0,
      description: 'Kept free for the doctor before the visit',
    }),
  ),
  capacity: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 200,
      default: 1,
      description: 'Patients in one visit; more is a group',
    }),
  ),
  roomKind: Type.Optional(
    Type.Union([ResourceKind, Type.Null()], {
      default: null,
      description: 'A room of this kind is booked with the doctor; null needs none',
    }),
  ),
  deviceKind: Type.Optional(
    Type.Union([ResourceKind, Type.Null()], {
      default: null,
      description: 'A device of this kind is booked with the doctor; null needs none',
    }),
  ),
  cancelNoticeMinutes: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 43_200,
      default: 0,
      description: 'Patients who cancel later than this before the start are marked late',
    }),
  ),
  approvalTimeoutMinutes: Type.Optional(
    Type.Integer({
      minimum: 5,
      maximum: 43_200,
      default: 1_440,
      description: 'A request that nobody has answered by then lapses',
    }),
  ),
  maxOpen: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Null()], {
      default: null,
      description: 'Most open bookings of this service a patient may have; null is no limit',
    }),
  ),
  requestFields: Type.Optional(
    Type.Array(RequestField, {
      maxItems: 10,
      default: [],
      description: 'Asked of whoever requests a visit; the answers are for the care side',
    }),
  ),
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

/** What the one who acts for a patient is to them. */
export const RELATIONSHIPS = [
  'parent',
  'child',
  'spouse',
  'partner',
  'sibling',
  'grandparent',
  'family',
  'friend',
  'guardian',
  'attorney',
] as const
export type Relationship = (typeof RELATIONSHIPS)[number]

/**
 * Subject `directory.proxy.<id>`, type `directory.proxy.changed`: one person, by the id of their user, may act for a
 * patient until `expiresAt`, unless it has been revoked: then `active` is false, for good. No names travel.
 */
export const ProxySnapshot = Type.Object({
  id: Uuid,
  version: Version,
  active: Type.Boolean(),
  patientId: Uuid,
  proxyId: Uuid,
  relationship: Type.Enum([...RELATIONSHIPS]),
  notes: Type.Boolean({ description: 'May read what people have written, not only when and where' }),
  expiresAt: Instant,
})
export type ProxySnapshot = Static<typeof ProxySnapshot>
