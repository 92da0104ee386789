import type pg from 'pg'

import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'

import type { Passwords } from '../crypto/passwords.ts'
import { type EventContext, registrationRepeated, userRegistered } from '../events/identity-events.ts'
import { findUserIdByEmail } from '../store/find-user-id-by-email.ts'
import { insertUser } from '../store/insert-user.ts'

export interface RegisterContext {
  pool: pg.Pool
  passwords: Passwords
  events: EventContext
}

export interface Registration {
  email: string
  displayName: string
  password: string
}

/**
 * Makes a patient's account, or, when the address has one, an event for its owner. Both are one hash and one
 * transaction with one event, so neither the answer nor its time tells the caller which it was.
 * Rejects with GateFullError when too many passwords are being hashed.
 */
export async function register(context: RegisterContext, registration: Registration): Promise<void> {
  const { pool, passwords, events } = context
  const { email, displayName, password } = registration
  const passwordHash = await passwords.hash(password)
  const user = { id: events.newId(), displayName, roles: ['patient' as const] }
  await withTransaction(pool, async (client) => {
    if (await insertUser(client, { ...user, email, passwordHash })) {
      await appendEvents(client, [userRegistered(events, user)])
      return
    }
    const owner = await findUserIdByEmail(client, email)
    if (owner !== undefined) await appendEvents(client, [registrationRepeated(events, owner)])
  })
}
