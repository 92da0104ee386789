import type { ActorPart } from '@medqueue/contracts'
import type { Caller } from '@medqueue/service-kit'
import type pg from 'pg'

import type { AppointmentRow } from '../store/appointments.ts'
import { findProxy } from '../store/find-proxy.ts'

type People = Pick<AppointmentRow, 'patient_id' | 'doctor_id'>

/** In which part somebody acts on an appointment, and whether they see what people have written. */
export interface Access {
  part: ActorPart
  notes: boolean
}

/** In which part the caller acts: its doctor, its patient, or staff. */
export function partOf(caller: Caller, row: People): ActorPart {
  if (row.doctor_id === caller.id) return 'doctor'
  return row.patient_id === caller.id ? 'patient' : 'staff'
}

/** Of the patient, the doctor, and those who may read everybody's; undefined for all others. */
export function ownAccess(caller: Caller, row: People): Access | undefined {
  const own =
    row.patient_id === caller.id || row.doctor_id === caller.id || caller.can('appointment:read-any')
  return own ? { part: partOf(caller, row), notes: true } : undefined
}

/**
 * Of somebody who acts for the patient: in the patient's part, so that they can never do more than the patient can.
 * `find` may lock what was granted.
 */
export async function proxyAccess<Client>(
  client: Client,
  caller: Caller,
  row: Pick<People, 'patient_id'>,
  find: (client: Client, pair: { proxyId: string; patientId: string }) => ReturnType<typeof findProxy>,
): Promise<Access | undefined> {
  const grant = await find(client, { proxyId: caller.id, patientId: row.patient_id })
  return grant === undefined ? undefined : { part: 'patient', notes: grant.notes }
}

/** What the caller may do with an appointment; undefined for what does not exist to them. */
export async function accessTo(pool: pg.Pool, caller: Caller, row: People): Promise<Access | undefined> {
  return ownAccess(caller, row) ?? proxyAccess(pool, caller, row, findProxy)
}

/** The row as they may see it: when, where and with whom; what people have written only when it was granted. */
export function shownTo<Row extends Pick<AppointmentRow, 'message' | 'answers' | 'reason' | 'actor_part'>>(
  { notes }: Pick<Access, 'notes'>,
  row: Row,
): Row {
  if (notes) return row
  return { ...row, message: null, answers: null, reason: row.actor_part === 'system' ? row.reason : null }
}

/** True when the last change was made by somebody who acts for the patient. */
export function isByProxy({
  actor_part: part,
  actor_id: actor,
  patient_id: patient,
}: Pick<AppointmentRow, 'actor_part' | 'actor_id' | 'patient_id'>): boolean {
  return part === 'patient' && actor !== null && actor !== patient
}
