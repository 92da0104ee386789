import { PERMISSIONS, type Permission, permits, type Role, ROLES } from '@medqueue/contracts'

/** Who sent the request, as the access token says. One object serves every request with the same token. */
export interface Caller {
  /** UUID of the person: user, patient and doctor records share it. */
  readonly id: string
  readonly roles: readonly Role[]
  /** The access token itself, for passing on to another service. */
  readonly token: string
  /** The log-in session the token belongs to, when the issuer says. */
  readonly sessionId?: string
  readonly can: (permission: Permission) => boolean
}

const ALL = Object.keys(PERMISSIONS) as Permission[]
const NAMES: ReadonlySet<string> = new Set(ROLES)
const permissionsOf = new Map<string, ReadonlySet<Permission>>()

/** Role names that this version knows, in the token's order; others are ignored. */
export function knownRoles(roles: readonly unknown[]): Role[] {
  return roles.filter((role): role is Role => typeof role === 'string' && NAMES.has(role))
}

export function createCaller(id: string, roles: readonly Role[], token: string, sessionId?: string): Caller {
  const permissions = permissionSet(roles)
  return Object.freeze({
    id,
    roles: Object.freeze([...roles]),
    token,
    ...(sessionId === undefined ? {} : { sessionId }),
    can: (permission: Permission) => permissions.has(permission),
  })
}

/** There are few combinations of roles, so each is worked out once. */
function permissionSet(roles: readonly Role[]): ReadonlySet<Permission> {
  const key = [...roles].sort().join(' ')
  let permissions = permissionsOf.get(key)
  if (permissions === undefined) {
    permissions = new Set(ALL.filter((permission) => permits(roles, permission)))
    permissionsOf.set(key, permissions)
  }
  return permissions
}
