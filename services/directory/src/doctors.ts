import type { DoctorSnapshot } from '@medqueue/contracts'
import { type FieldError, ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { type ChangeContext, commitChange, notFound, orRefusal, orTaken } from './change.ts'
import type { Expected } from './domain/etag.ts'
import type { Fact } from './domain/events.ts'
import { canonicalLanguages } from './domain/languages.ts'
import { faultsOf } from './domain/references.ts'
import { DirectoryErrors } from './errors.ts'
import type { DoctorFields, DoctorRecord, DoctorWrite } from './schemas/doctor.ts'
import { findDoctor } from './store/find-doctor.ts'
import { findReferences } from './store/find-references.ts'
import { insertRow } from './store/insert-row.ts'
import { refreshWords } from './store/refresh-words.ts'
import { replaceLinks } from './store/replace-links.ts'
import { setActive } from './store/set-active.ts'
import { DOCTORS } from './store/tables.ts'
import { updateRow } from './store/update-row.ts'

function factOf(doctor: DoctorRecord): Fact {
  const { id, version, active, name, specialtyId, clinicIds, serviceIds, languages } = doctor
  const data: DoctorSnapshot = { id, version, active, name, specialtyId, clinicIds, serviceIds, languages }
  return { kind: 'doctor', id, version, data }
}

/** Adds a doctor. Throws DIRECTORY_ID_TAKEN, DIRECTORY_REFERENCE_INVALID or DIRECTORY_FIELD_INVALID. */
export async function createDoctor(
  context: ChangeContext,
  { id = context.newId(), fields }: { id?: string | undefined; fields: DoctorWrite },
): Promise<DoctorRecord> {
  const row = rowOf(fields)
  const work = async (client: pg.PoolClient) => {
    await assertReferences(client, fields, [])
    orTaken(await insertRow(client, DOCTORS, { id, fields: row }))
    return finish(client, id, fields)
  }
  return commitChange(context, work, factOf)
}

/** Replaces what is known of a doctor. Throws as `createDoctor`, and DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function replaceDoctor(
  context: ChangeContext,
  { id, expected, fields }: { id: string; expected: Expected; fields: DoctorWrite },
): Promise<DoctorRecord> {
  const row = rowOf(fields)
  const work = async (client: pg.PoolClient) => {
    const before = await findDoctor(client, id)
    if (before === undefined) throw notFound()
    await assertReferences(client, fields, [before.specialtyId, ...before.clinicIds, ...before.serviceIds])
    await orRefusal(await updateRow(client, DOCTORS, { id, expected, fields: row }), client, DOCTORS, id)
    return finish(client, id, fields)
  }
  return commitChange(context, work, factOf)
}

/** Switches a doctor on or off. Throws DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function switchDoctor(
  context: ChangeContext,
  change: { id: string; expected: Expected; active: boolean },
): Promise<DoctorRecord> {
  const work = async (client: pg.PoolClient) => {
    await orRefusal(await setActive(client, DOCTORS, change), client, DOCTORS, change.id)
    return stored(client, change.id)
  }
  return commitChange(context, work, factOf)
}

function rowOf({ languages = [], ...fields }: DoctorWrite): DoctorFields {
  const spoken = canonicalLanguages(languages)
  if (Array.isArray(spoken)) return { ...fields, languages: spoken }
  const { index, detail } = spoken
  throw new ProblemError(DirectoryErrors.DIRECTORY_FIELD_INVALID, { field: `languages.${index}`, detail })
}

async function finish(
  client: pg.ClientBase,
  id: string,
  { clinicIds, serviceIds }: DoctorWrite,
): Promise<DoctorRecord> {
  await replaceLinks(client, 'doctor_clinic', id, clinicIds)
  await replaceLinks(client, 'doctor_service', id, serviceIds)
  await refreshWords(client, { doctorIds: [id] })
  return stored(client, id)
}

async function stored(client: pg.ClientBase, id: string): Promise<DoctorRecord> {
  const doctor = await findDoctor(client, id)
  if (doctor === undefined) throw notFound()
  return doctor
}

async function assertReferences(
  client: pg.ClientBase,
  { specialtyId, clinicIds, serviceIds }: DoctorWrite,
  held: readonly string[],
): Promise<void> {
  const kept = new Set(held)
  const listed = (field: string, ids: readonly string[]) =>
    ids.map((id, index) => ({ field: `${field}.${index}`, id }))
  const specialties = await findReferences(client, 'specialty', [specialtyId])
  const clinics = await findReferences(client, 'clinic', clinicIds)
  const services = await findReferences(client, 'service_type', serviceIds)
  const errors: FieldError[] = [
    ...faultsOf([{ field: 'specialtyId', id: specialtyId }], specialties, kept),
    ...faultsOf(listed('clinicIds', clinicIds), clinics, kept),
    ...faultsOf(listed('serviceIds', serviceIds), services, kept),
  ]
  if (errors.length > 0) {
    throw new ProblemError(DirectoryErrors.DIRECTORY_REFERENCE_INVALID, { extra: { errors } })
  }
}
