import { ResourceKind, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import type { ResourceRecord } from '../store/records.ts'

const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^(?!\\s)[^\\u0000-\\u001f\\u007f]+(?<!\\s)$',
  description: 'Unique in the clinic, such as Scan room 2',
})

const values = {
  kind: ResourceKind,
  clinicId: Uuid,
  name: Name,
  active: Type.Boolean({ default: true, description: 'Only active rooms and devices are booked' }),
}

/** Body of POST and of PUT. */
export const ResourceBody = strictObject({ ...values, active: Type.Optional(values.active) })
export type ResourceBody = Static<typeof ResourceBody>

export const Resource = Type.Object({ id: Uuid, version: Type.Integer({ minimum: 1 }), ...values })
export type Resource = Static<typeof Resource>

/** A room or device as callers see it. */
export function writeResource({ id, version, kind, clinicId, name, active }: ResourceRecord): Resource {
  return { id, version, kind, clinicId, name, active }
}
