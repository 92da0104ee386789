import { type EventEnvelope, UserRegistered } from '@medqueue/contracts'
import type pg from 'pg'
import { Check } from 'typebox/value'

import { type ChangeContext, tell } from '../change.ts'
import { patientFact } from '../domain/events.ts'
import { insertRow } from '../store/insert-row.ts'
import { PATIENTS } from '../store/tables.ts'

/** Name of the durable consumer. */
export const USERS_CONSUMER = 'directory-users'

/** What of identity's events the directory listens to, without prefix. */
export const USERS_SUBJECT = 'identity.user.registered.*'

/**
 * Makes the patient's record of somebody who has registered as a patient, under the same id. A record that is there
 * already is left alone: an admin may have made it before. Throws for an event of another shape.
 */
export async function projectUser(
  client: pg.ClientBase,
  event: EventEnvelope,
  context: Pick<ChangeContext, 'newId' | 'now'>,
): Promise<void> {
  if (!Check(UserRegistered, event.data)) throw new TypeError('identity.user.registered has another shape')
  const { userId, roles, displayName } = event.data
  if (!roles.includes('patient')) return
  const fields = { name: displayName, birthYear: null, email: null, phone: null }
  const patient = await insertRow(client, PATIENTS, { id: userId, fields })
  if (patient !== undefined)
    await tell(client, { ...context, traceparent: event.traceparent }, patientFact(patient))
}
