import type { PersonRole, User } from '../domain/users.ts'

/** Columns of `app_user` in the order the statements here read them. */
export const USER_COLUMNS = 'id, email, display_name, roles, active, version, created_at, updated_at'

export interface UserRow {
  id: string
  email: string
  display_name: string
  roles: PersonRole[]
  active: boolean
  version: number
  created_at: Date
  updated_at: Date
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    displayName: row.display_name,
    roles: row.roles,
    active: row.active,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
