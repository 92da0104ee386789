import { shownTo } from '../api/access.ts'
import type { Booking } from '../api/booking.ts'
import { changeAppointment } from '../api/change.ts'
import { hold, type HoldDeps } from '../api/hold.ts'
import { move } from '../api/move.ts'
import { patientOf, proxiedPatient } from '../api/patient-of.ts'
import { appointmentView } from '../api/views.ts'
import { bookGroup } from '../groups/book.ts'
import { searchSlots } from '../slots/search.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import { findGroup } from '../store/groups.ts'
import { listProxied } from '../store/list-proxied.ts'
import { createDirectoryCache } from './directory-cache.ts'
import { isUuid } from './map/ids.ts'
import type { FhirPorts, SlotWish } from './ports.ts'
import { appendAuditEvents } from './store/append-audit-events.ts'
import { findPatient } from './store/find-patient.ts'
import { findRelated } from './store/find-related.ts'
import { listRelated } from './store/list-related.ts'
import { listTaken } from './store/list-taken.ts'
import { type AppointmentFilter, searchAppointments } from './store/search-appointments.ts'
import { searchAuditEvents } from './store/search-audit-events.ts'

export interface FhirOptions {
  booking: Booking
  /** What the REST routes change appointments with. */
  changing: HoldDeps
  catalogue: () => Catalogue
  waitMs: number
  bookingLink: string | undefined
}

/** Connects FHIR to the functions that the REST routes call. */
export function connectFhir({ booking, changing, catalogue, waitMs, bookingLink }: FhirOptions): FhirPorts {
  const { pool, availability } = changing
  const now = () => Math.floor(changing.now().getTime() / 1000)
  return {
    directory: createDirectoryCache({ pool, catalogue }),
    freeSlots: async (wish) => {
      const shape = catalogue().services.get(wish.serviceId)
      if (shape?.active !== true) return []
      const range = {
        start: Math.max(wish.range.start, now() + Math.max(1, shape.minimumNotice)),
        end: Math.min(wish.range.end, now() + shape.horizon),
      }
      const sought = { ...soughtOf(wish, catalogue()), clinicIds: wish.clinicIds }
      return searchSlots(availability, { sought, shape, range, after: wish.after, limit: wish.limit })
    },
    clinicAt: async ({ doctorId, start }) => {
      const [window] = await availability.windows([doctorId], { start, end: start + 1 })
      return window?.clinicId
    },
    mayHold: availability.holders.mayHold,
    takenSlots: (search) => listTaken(pool, search),
    appointments: async (filter, page) => {
      const { rows, total } = await searchAppointments(pool, filter, page)
      const shown = rows.map((row) => shownTo({ notes: seesNotes(filter, row) }, row))
      return { appointments: shown.map(appointmentView), total }
    },
    audit: (entry) => appendAuditEvents(pool, entry),
    auditEvents: (filter, page) => searchAuditEvents(pool, filter, page),
    patient: (id) => findPatient(pool, id),
    forPatient: async (caller, named) =>
      patientOf(caller, named) ?? proxiedPatient(pool, caller, named, 'patient'),
    proxied: (caller, patientIds) => listProxied(pool, { proxyId: caller.id, patientIds }),
    relatedPersons: async ({ id }) => (isUuid(id) ? listRelated(pool, id) : []),
    relatedPerson: async ({ id: personId }, id) =>
      isUuid(personId) ? findRelated(pool, { id, personId }) : undefined,
    get: booking.get,
    book: booking.book,
    bookGroup: (call) => bookGroup({ ...changing, book: booking.book }, call),
    group: async (id) => (await findGroup(pool, id))?.appointment_ids,
    hold: async (call) => appointmentView(await hold(changing, call)),
    move: async (wish) => appointmentView(await move(changing, wish)),
    change: async (change) => appointmentView(await changeAppointment(changing, change)),
    now,
    newId: changing.newId,
    waitMs,
    bookingLink,
  }
}

/** Only doctors who are active and offer the service. */
function soughtOf({ doctorIds, serviceId }: SlotWish, { doctors }: Catalogue) {
  return {
    doctorIds: doctorIds.filter((id) => {
      const doctor = doctors.get(id)
      return doctor?.active === true && doctor.serviceIds.has(serviceId)
    }),
  }
}

/** Of their own visits, as patient or as doctor, people see everything; of others' what they were granted. */
function seesNotes({ acting }: AppointmentFilter, row: AppointmentRow): boolean {
  if (acting === undefined || row.patient_id === acting.id || row.doctor_id === acting.id) return true
  return acting.notes.get(row.patient_id) === true
}
