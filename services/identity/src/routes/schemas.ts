import { type Static, Type } from 'typebox'

import { Uuid } from '@medqueue/contracts'

import { PASSWORD_LENGTH } from '../domain/password-rules.ts'
import { PERSON_ROLES, type User } from '../domain/users.ts'

/** A control character in a name is a mistake or an attack on a log or a page. */
export const DisplayName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\s\\p{C}]([^\\p{C}]*[^\\s\\p{C}])?$',
  description: 'As others see it; no control characters, no spaces at the ends',
})

export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@\\p{C}]{1,64}@[^\\s@\\p{C}.]+(\\.[^\\s@\\p{C}.]+)+$',
  description: 'E-mail address; letter case does not count',
})

export const Password = Type.String({ minLength: PASSWORD_LENGTH.min, maxLength: PASSWORD_LENGTH.max })

export const PersonRole = Type.Enum(PERSON_ROLES)

export const UserParams = Type.Object({ id: Uuid })

/** What an If-Match header may hold. */
export const Precondition = Type.Object({
  'if-match': Type.Optional(Type.String({ maxLength: 200 })),
})

export const UserBody = Type.Object({
  id: Uuid,
  email: Type.String(),
  displayName: Type.String(),
  roles: Type.Array(PersonRole),
  active: Type.Boolean(),
  version: Type.Integer(),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
})

export function bodyOf(user: User): Static<typeof UserBody> {
  return { ...user, createdAt: user.createdAt.toISOString(), updatedAt: user.updatedAt.toISOString() }
}
