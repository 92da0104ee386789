import type { Slot } from 'fhir/r4.js'

import { formatInstant } from '../../domain/instants.ts'
import type { Slot as FreeSlot } from '../../domain/slots.ts'
import type { Directory } from '../store/list-directory.ts'
import { EXTENSIONS } from './codes.ts'
import { referenceTo, serviceConcept, specialtyConcept } from './directory.ts'
import { offerId, placeId } from './ids.ts'

export interface SlotLook {
  directory: Directory
  status: Slot['status']
  /** Page of the web app where a slot is booked; the slot's id is put into its query. */
  bookingLink?: string | undefined
}

/** A start of one service with one doctor, free or taken. */
export function slotOf(
  slot: FreeSlot,
  serviceId: string,
  { directory, status, bookingLink }: SlotLook,
): Slot {
  const id = offerId({ ...slot, serviceId })
  const doctor = directory.doctors.get(slot.doctorId)
  const link = status === 'free' && bookingLink !== undefined ? deepLink(bookingLink, id) : undefined
  return {
    resourceType: 'Slot',
    id,
    ...(link === undefined ? {} : { extension: [{ url: EXTENSIONS.bookingDeepLink, valueUrl: link }] }),
    serviceType: [serviceConcept(directory, serviceId)],
    ...(doctor === undefined ? {} : { specialty: [specialtyConcept(directory, doctor.specialty_id)] }),
    schedule: referenceTo('Schedule', placeId(slot)),
    status,
    start: formatInstant(slot.start),
    end: formatInstant(slot.end),
  }
}

/** Clients add `source` and `booking-referral` to whatever query there is. */
function deepLink(page: string, id: string): string {
  const url = new URL(page)
  url.searchParams.set('slot', id)
  return url.href
}
