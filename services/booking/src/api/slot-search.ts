import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { dayOf } from '../domain/clinic-day.ts'
import type { Interval } from '../domain/slots.ts'
import type { SlotFilter, Sought } from '../domain/sought.ts'
import { BookingErrors } from '../errors.ts'
import type { Availability } from '../slots/availability.ts'
import type { Catalogue, CatalogueService } from '../store/list-catalogue.ts'
import { rangeOf } from './instant.ts'

export interface SlotSearchDeps {
  pool: pg.Pool
  availability: Availability
  catalogue: () => Catalogue
  /** Unix seconds. */
  now: () => number
}

/** The service sought, or undefined when the doctor named is not bookable now. Throws for what does not exist. */
export function bookableService(
  { doctors, services }: Catalogue,
  filter: SlotFilter,
): CatalogueService | undefined {
  const { doctorId, serviceId } = filter
  requireFilter(filter)
  const service = activeService({ services }, serviceId)
  if (doctorId === undefined) return service
  const doctor = doctors.get(doctorId)
  if (doctor === undefined)
    throw new ProblemError(BookingErrors.BOOKING_DOCTOR_UNKNOWN, { field: 'doctorId' })
  if (!doctor.serviceIds.has(serviceId)) {
    throw new ProblemError(BookingErrors.BOOKING_SERVICE_NOT_OFFERED, { field: 'serviceId' })
  }
  return doctor.active ? service : undefined
}

/** Throws BOOKING_SERVICE_UNKNOWN. */
export function activeService(
  { services }: Pick<Catalogue, 'services'>,
  serviceId: string,
): CatalogueService {
  const service = services.get(serviceId)
  if (service?.active === true) return service
  throw new ProblemError(BookingErrors.BOOKING_SERVICE_UNKNOWN, { field: 'serviceId' })
}

function requireFilter({ doctorId, specialtyId, clinicId, city, language }: SlotFilter): void {
  if ((doctorId ?? specialtyId ?? clinicId ?? city ?? language) !== undefined) return
  throw new ProblemError(BookingErrors.BOOKING_FILTER_MISSING, { field: 'doctorId' })
}

/** When visits of the service may begin, as seen from now; Unix seconds. */
export function bookableFrom({ minimumNotice, horizon }: CatalogueService, now: number): Interval {
  return { start: now + 1 + minimumNotice, end: now + 1 + horizon }
}

export const intersection = (a: Interval, b: Interval): Interval => ({
  start: Math.max(a.start, b.start),
  end: Math.min(a.end, b.end),
})

export interface AskedRange {
  from?: string | undefined
  to?: string | undefined
  /** A date of the zone, instead of `from` and `to`. */
  day?: string | undefined
}

/** The range asked for: an interval, or a day of a zone. Throws BOOKING_RANGE_INVALID, BOOKING_INSTANT_INVALID. */
export function askedRange({ from, to, day }: AskedRange, zone: string): Interval {
  if (day === undefined && from !== undefined && to !== undefined) return rangeOf(from, to)
  const range = day === undefined ? undefined : dayOf(day, zone)
  if (range === undefined || from !== undefined || to !== undefined)
    throw new ProblemError(BookingErrors.BOOKING_RANGE_INVALID, { field: day === undefined ? 'to' : 'day' })
  return range
}

/** The zone asked for, else that of the first clinic sought, else UTC. Throws BOOKING_ZONE_UNKNOWN. */
export function zoneOf(
  asked: string | undefined,
  { doctorIds: [doctorId = ''], clinicIds }: Sought,
  { doctors, clinics }: Catalogue,
): string {
  if (asked === undefined) {
    const clinicId = doctors.get(doctorId)?.clinicIds.find((id) => clinicIds.has(id)) ?? ''
    return clinics.get(clinicId)?.zone ?? 'UTC'
  }
  if (isZone(asked)) return asked
  throw new ProblemError(BookingErrors.BOOKING_ZONE_UNKNOWN, { field: 'zone' })
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
