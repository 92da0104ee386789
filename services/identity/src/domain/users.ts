import type { Role } from '@medqueue/contracts'

/** Roles a person may hold. `service` belongs to programs, which log in with client credentials. */
export const PERSON_ROLES = ['patient', 'doctor', 'admin', 'stakeholder'] as const satisfies readonly Role[]
export type PersonRole = (typeof PERSON_ROLES)[number]

export interface User {
  id: string
  email: string
  displayName: string
  roles: PersonRole[]
  active: boolean
  /** Grows by one with each change. */
  version: number
  createdAt: Date
  updatedAt: Date
}

export interface UserPatch {
  displayName?: string
  active?: boolean
  roles?: readonly PersonRole[]
}

export interface UserChange {
  user: User
  /** False when the patch asks for what already is: then nothing is written. */
  changed: boolean
  rolesChanged: boolean
  deactivated: boolean
  /** The person could administer before and cannot any more. */
  losesAdmin: boolean
}

/** Roles in the one order in which they are stored and shown. */
export function orderRoles(roles: readonly PersonRole[]): PersonRole[] {
  return PERSON_ROLES.filter((role) => roles.includes(role))
}

const administers = (user: Pick<User, 'active' | 'roles'>) => user.active && user.roles.includes('admin')

/** What a patch makes of a user. */
export function applyPatch(before: User, patch: UserPatch, now: Date): UserChange {
  const after = {
    ...before,
    displayName: patch.displayName ?? before.displayName,
    active: patch.active ?? before.active,
    roles: orderRoles(patch.roles ?? before.roles),
  }
  const rolesChanged = after.roles.join() !== orderRoles(before.roles).join()
  const changed = rolesChanged || after.active !== before.active || after.displayName !== before.displayName
  return {
    user: changed ? { ...after, version: before.version + 1, updatedAt: now } : before,
    changed,
    rolesChanged,
    deactivated: before.active && !after.active,
    losesAdmin: administers(before) && !administers(after),
  }
}
