import { Instant, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatInstant } from '../domain/instants.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import type { ListedEntry } from '../store/waitlist-entries.ts'
import { WAITLIST_STATES } from './states.ts'

export const WaitlistBody = strictObject({
  serviceId: Uuid,
  doctorId: Type.Optional(Uuid),
  specialtyId: Type.Optional(Uuid),
  clinicId: Type.Optional(Uuid),
  from: Instant,
  to: { ...Instant, description: 'Starts in between are wanted; at most 60 days after `from`' },
  patientId: Type.Optional(Uuid),
})
export type WaitlistBody = Static<typeof WaitlistBody>

export const WaitlistEntry = Type.Object({
  id: Uuid,
  status: Type.Enum([...WAITLIST_STATES]),
  patientId: Uuid,
  serviceId: Uuid,
  doctorId: Type.Optional(Uuid),
  specialtyId: Type.Optional(Uuid),
  clinicId: Type.Optional(Uuid),
  from: Type.String(),
  to: Type.String(),
  joinedAt: Type.String(),
  ahead: Type.Integer({ description: 'How many who wait before this one might be offered the same slot' }),
  passed: Type.Integer({ description: 'Offers declined or not answered; the first costs no place in line' }),
  offer: Type.Optional(
    Type.Object(
      {
        appointmentId: { ...Uuid, description: 'The slot, held for the patient' },
        doctorId: Uuid,
        clinicId: Uuid,
        start: Type.String(),
        end: Type.String(),
        until: Type.String({ description: 'Then it is offered to the next' }),
      },
      { description: 'Accept or decline it' },
    ),
  ),
})
export type WaitlistEntry = Static<typeof WaitlistEntry>

const at = (seconds: string) => formatInstant(Number(seconds))

/** An entry as the API shows it, with what is held for it. */
export function entryView(entry: ListedEntry, held: AppointmentRow | undefined): WaitlistEntry {
  return {
    ...{ id: entry.id, status: entry.status, patientId: entry.patient_id, serviceId: entry.service_id },
    ...(entry.doctor_id === null ? {} : { doctorId: entry.doctor_id }),
    ...(entry.specialty_id === null ? {} : { specialtyId: entry.specialty_id }),
    ...(entry.clinic_id === null ? {} : { clinicId: entry.clinic_id }),
    ...{ from: at(entry.after), to: at(entry.before), joinedAt: at(entry.joined) },
    ...{ ahead: entry.ahead, passed: entry.passed },
    ...(held?.status === 'held' ? { offer: offerView(held) } : {}),
  }
}

const offerView = (held: AppointmentRow) => ({
  ...{ appointmentId: held.id, doctorId: held.doctor_id, clinicId: held.clinic_id },
  ...{ start: at(held.starts), end: at(held.ends), until: at(held.expires ?? held.starts) },
})
