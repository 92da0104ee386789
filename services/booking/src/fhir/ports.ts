import type { Caller } from '@medqueue/service-kit'

import type { BookCall } from '../api/booking.ts'
import type { Change } from '../api/change.ts'
import type { HoldCall } from '../api/hold.ts'
import type { Move } from '../api/move.ts'
import type { ForPatient } from '../api/patient-of.ts'
import type { Appointment } from '../api/schemas.ts'
import type { Booked } from '../api/verdict.ts'
import type { Interval, Slot } from '../domain/slots.ts'
import type { AuditEntry } from './audit/entry.ts'
import type { BookedGroup, GroupCall } from '../groups/book.ts'
import type { Offer } from './map/ids.ts'
import type { Directory } from './store/list-directory.ts'
import type { RelatedRow } from './store/list-related.ts'
import type { TakenSearch, TakenSlot } from './store/list-taken.ts'
import type { AuditFilter, AuditRow } from './store/search-audit-events.ts'
import type { AppointmentFilter, AppointmentPage } from './store/search-appointments.ts'

/** A search for free slots of one service. */
export interface SlotWish {
  serviceId: string
  doctorIds: readonly string[]
  clinicIds: ReadonlySet<string>
  /** Starts in this interval; Unix seconds. What the service's notice and horizon forbid is left out. */
  range: Interval
  /** Behind this slot. */
  after?: { start: number; doctorId: string } | undefined
  limit: number
}

/** What a stored appointment looks like to the REST API: FHIR tells the same in other words. */
export type { Appointment as AppointmentView } from '../api/schemas.ts'

/**
 * All that FHIR needs of the service. Everything that changes an appointment is what the REST routes call too: the same
 * rules, the same constraints. Each throws the problems those throw.
 */
export interface FhirPorts {
  directory: () => Promise<Directory>
  /** Free slots by start, then doctor. */
  freeSlots: (wish: SlotWish) => Promise<Slot[]>
  /** The clinic where the doctor works at that time, or undefined. */
  clinicAt: (offer: Offer) => Promise<string | undefined>
  /** False: that person holds no slot. */
  mayHold: (patientId: string) => boolean
  takenSlots: (search: TakenSearch) => Promise<TakenSlot[]>
  appointments: (
    filter: AppointmentFilter,
    page: AppointmentPage,
  ) => Promise<{ appointments: Appointment[]; total: number }>
  /** Records for good; resolves when it is. */
  audit: (entry: AuditEntry) => Promise<void>
  auditEvents: (
    filter: AuditFilter,
    page: { before: string | undefined; limit: number },
  ) => Promise<AuditRow[]>
  patient: (id: string) => Promise<{ id: string; version: number; active: boolean } | undefined>
  /** For whom the caller acts; throws BOOKING_FOR_OTHERS. */
  forPatient: (caller: Caller, named: string | undefined) => Promise<ForPatient>
  /** Of these patients, those for whom the caller acts, each with whether what people have written is shown. */
  proxied: (caller: Caller, patientIds: readonly string[]) => Promise<Map<string, boolean>>
  /** Who acts for the caller now, and for whom they act. */
  relatedPersons: (caller: Caller) => Promise<RelatedRow[]>
  /** One of these, also when it is over. */
  relatedPerson: (caller: Caller, id: string) => Promise<RelatedRow | undefined>
  get: (id: string, caller: Caller) => Promise<Appointment>
  book: (call: BookCall) => Promise<Booked>
  /** Several patients at once, all or none. */
  bookGroup: (call: GroupCall) => Promise<BookedGroup>
  /** The ids of the appointments of a group, or undefined. */
  group: (id: string) => Promise<readonly string[] | undefined>
  hold: (call: HoldCall) => Promise<Appointment>
  move: (wish: Move) => Promise<Appointment>
  change: (change: Change) => Promise<Appointment>
  /** Unix seconds. */
  now: () => number
  newId: () => string
  /** Milliseconds a booking waits for its decision. */
  waitMs: number
  /** Page of the web app where a slot is booked, if there is one. */
  bookingLink: string | undefined
}
