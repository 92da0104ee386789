import { ProblemError } from '@medqueue/service-kit'

import { appointmentView } from '../api/views.ts'
import { dayOf, timeAt } from '../domain/clinic-day.ts'
import { BookingErrors } from '../errors.ts'
import type { Interval } from '../domain/slots.ts'
import { type ClinicRow, listClinics } from '../store/list-clinics.ts'
import { type GridRow, listVisitsOfDoctors } from '../store/list-grid-visits.ts'
import { listHours } from '../store/list-hours.ts'
import { listNames, type Names } from '../store/list-names.ts'
import { MOST_VISITS, type ViewDeps, within } from './reader.ts'
import type { DaySheet } from './schemas.ts'

export interface SheetAsk {
  /** A date such as 2027-03-01: the day lasts from midnight to midnight on each clinic's own clocks. */
  date: string
  clinicId: string | undefined
  doctorId: string | undefined
}

/** A sheet for each clinic: one clinic's, or every one where the doctor has visits or hours that day. */
export async function readDaySheets(deps: ViewDeps, ask: SheetAsk): Promise<DaySheet[]> {
  const { clinicId, doctorId } = ask
  const { doctors, clinics } = deps.catalogue()
  if (doctorId !== undefined && !doctors.has(doctorId))
    throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND, { field: 'doctorId' })
  const places = await listClinics(deps.pool, clinicId === undefined ? [...clinics.keys()] : [clinicId])
  if (places.length === 0) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND, { field: 'clinicId' })
  const doctorIds = doctorId === undefined ? [...doctors.keys()] : [doctorId]
  const sheets: DaySheet[] = []
  for (const place of places) {
    const day = dayOf(ask.date, place.zone)
    if (day === undefined) throw new ProblemError(BookingErrors.BOOKING_INSTANT_INVALID, { field: 'date' })
    const sheet = await sheetOf(deps, { place, day, doctorIds })
    if (clinicId !== undefined || sheet.entries.length + sheet.hours.length > 0) sheets.push(sheet)
  }
  return sheets
}

interface Day {
  place: ClinicRow
  day: Interval
  doctorIds: readonly string[]
}

async function sheetOf({ pool }: ViewDeps, { place, day, doctorIds }: Day): Promise<DaySheet> {
  const [found, all] = await Promise.all([
    listVisitsOfDoctors(pool, { range: day, doctorIds, clinicIds: [place.id], limit: MOST_VISITS + 1 }),
    listHours(pool, doctorIds, day),
  ])
  // A buffer may reach into the day; the visit itself is what the sheet is about.
  const rows = within(found, MOST_VISITS).filter(
    ({ starts }) => Number(starts) >= day.start && Number(starts) < day.end,
  )
  const hours = all.filter(({ clinic_id: at, reason }) => at === place.id || (at === null && reason !== null))
  const work = hours.filter(({ reason }) => reason === null)
  const names = await listNames(pool, {
    doctors: new Set([...rows, ...work].map(({ doctor_id: id }) => id)),
    services: new Set(rows.map(({ service_id: id }) => id)),
    resources: new Set(
      rows.flatMap(({ room_id, device_id }) => [room_id, device_id]).filter((id) => id !== null),
    ),
  })
  const time = (seconds: string) => timeAt(Number(seconds), place.zone)
  return {
    ...{ clinicId: place.id, clinic: place.name, zone: place.zone },
    hours: work.map(({ doctor_id: doctorId, starts, ends }) => ({
      ...{ doctorId, doctor: names.doctors.get(doctorId) ?? '', from: time(starts), to: time(ends) },
    })),
    notes: [...new Set(hours.flatMap(({ reason }) => (reason === null ? [] : [reason])))],
    entries: rows.map((row) => entryOf(row, names, time)),
  }
}

function entryOf(row: GridRow, names: Names, time: (seconds: string) => string): DaySheet['entries'][number] {
  const room = names.resources.get(row.room_id ?? '')
  const device = names.resources.get(row.device_id ?? '')
  return {
    ...{ time: time(row.starts), until: time(row.ends) },
    service: names.services.get(row.service_id) ?? '',
    doctor: names.doctors.get(row.doctor_id) ?? '',
    ...(room === undefined ? {} : { room }),
    ...(device === undefined ? {} : { device }),
    appointment: appointmentView(row),
  }
}
