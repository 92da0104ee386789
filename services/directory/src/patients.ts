import type pg from 'pg'

import { type ChangeContext, commitChange, orRefusal, orTaken } from './change.ts'
import type { Expected } from './domain/etag.ts'
import { patientFact } from './domain/events.ts'
import type { ContactPatch, PatientFields, PatientRecord } from './schemas/patient.ts'
import { insertRow } from './store/insert-row.ts'
import { patchContact } from './store/patch-contact.ts'
import { setActive } from './store/set-active.ts'
import { PATIENTS } from './store/tables.ts'

/** Adds a patient. Throws DIRECTORY_ID_TAKEN. */
export async function createPatient(
  context: ChangeContext,
  { id = context.newId(), fields }: { id?: string | undefined; fields: PatientFields },
): Promise<PatientRecord> {
  const work = async (client: pg.PoolClient) => orTaken(await insertRow(client, PATIENTS, { id, fields }))
  return commitChange(context, work, patientFact)
}

/** Changes how a patient is reached. Throws DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function changeContact(
  context: ChangeContext,
  change: { id: string; expected: Expected; patch: ContactPatch },
): Promise<PatientRecord> {
  const work = async (client: pg.PoolClient) =>
    orRefusal(await patchContact(client, change), client, PATIENTS, change.id)
  return commitChange(context, work, patientFact)
}

/** Switches a patient on or off. Throws DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function switchPatient(
  context: ChangeContext,
  change: { id: string; expected: Expected; active: boolean },
): Promise<PatientRecord> {
  const work = async (client: pg.PoolClient) =>
    orRefusal(await setActive(client, PATIENTS, change), client, PATIENTS, change.id)
  return commitChange(context, work, patientFact)
}
