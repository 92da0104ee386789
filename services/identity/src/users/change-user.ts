import type pg from 'pg'

import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { ProblemError } from '@medqueue/service-kit'

import { ifMatchAllows } from '../domain/etag.ts'
import { applyPatch, type User, type UserChange, type UserPatch } from '../domain/users.ts'
import { IdentityErrors } from '../errors.ts'
import { type EventContext, tokensRevoked, userChanged } from '../events/identity-events.ts'
import { deleteAccountPayloads } from '../store/delete-account-payloads.ts'
import { lockAdmins } from '../store/lock-admins.ts'
import { lockUser } from '../store/lock-user.ts'
import type { Queryable } from '../store/queryable.ts'
import { updateUser } from '../store/update-user.ts'

export interface ChangeContext {
  pool: pg.Pool
  events: EventContext
}

export interface Change {
  id: string
  /** The If-Match header; undefined for changes that say the whole outcome, such as giving a role. */
  ifMatch?: string
  patch: UserPatch | ((user: User) => UserPatch)
}

/**
 * Changes a user and says so, in one transaction. Deactivating ends every log-in of the person; a change of roles
 * voids the access tokens that carry the old ones, and the next refresh brings the new.
 * Throws IDENTITY_USER_NOT_FOUND, IDENTITY_VERSION_STALE, IDENTITY_LAST_ADMIN.
 */
export async function changeUser(context: ChangeContext, change: Change): Promise<User> {
  return withTransaction(context.pool, async (client) => {
    // First, and in one order, so that two changes of admins cannot wait for each other.
    const admins = await lockAdmins(client)
    const before = await lockUser(client, change.id)
    if (before === undefined) throw new ProblemError(IdentityErrors.IDENTITY_USER_NOT_FOUND)
    if (change.ifMatch !== undefined && !ifMatchAllows(change.ifMatch, before.version)) {
      throw new ProblemError(IdentityErrors.IDENTITY_VERSION_STALE)
    }
    const patch = typeof change.patch === 'function' ? change.patch(before) : change.patch
    const outcome = applyPatch(before, patch, context.events.now())
    if (outcome.losesAdmin && admins.every((id) => id === before.id)) {
      throw new ProblemError(IdentityErrors.IDENTITY_LAST_ADMIN)
    }
    if (outcome.changed) await write(client, context.events, outcome)
    return outcome.user
  })
}

async function write(
  db: pg.ClientBase & Queryable,
  events: EventContext,
  { user, rolesChanged, deactivated }: UserChange,
): Promise<void> {
  await updateUser(db, user)
  if (deactivated) await deleteAccountPayloads(db, user.id)
  const voided = deactivated || rolesChanged ? [tokensRevoked(events, user.id)] : []
  await appendEvents(db, [userChanged(events, user), ...voided])
}
