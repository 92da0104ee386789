import { type Static, Type } from 'typebox'

import { Uuid } from '../primitives.ts'
import { ROLES } from '../access.ts'

/** Subject `identity.user.registered.<id>`, type `identity.user.registered`. The directory asks the person for the rest. */
export const UserRegistered = Type.Object({
  userId: Uuid,
  roles: Type.Array(Type.Enum(ROLES), { maxItems: ROLES.length }),
  displayName: Type.String({ minLength: 1, maxLength: 200 }),
})
export type UserRegistered = Static<typeof UserRegistered>
