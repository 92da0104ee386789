/** What patients of the scenarios look for. */
import { SharedArray } from 'k6/data'

import { oneOf, settings } from './kit.ts'

interface Doctor {
  id: string
  specialtyId: string
  serviceIds: string[]
}

// An element is parsed anew each time it is read: small ones, and many.
const doctors = new SharedArray<Doctor>('doctors', () => {
  return (JSON.parse(open(settings.worldFile)) as { doctors: Doctor[] }).doctors
})

const DAY = 86_400_000
/** Visits are looked for this many days ahead. */
const FIRST_DAY = 1
const DAYS = 60

type Query = Record<string, string>

/** A doctor in a coming week. */
export function weekOfDoctor(): Query {
  const { doctor, serviceId, day } = someone()
  return { doctorId: doctor?.id ?? '', serviceId, ...between(day, day + 7 * DAY), limit: '10' }
}

/** Any doctor of a specialty around some hour of a day. */
export function hourOfSpecialty(): Query {
  const { doctor, serviceId, day } = someone()
  // From eight in the morning to five in the afternoon, three hours behind UTC.
  const from = day + (11 + Math.random() * 8) * 3_600_000
  return { specialtyId: doctor?.specialtyId ?? '', serviceId, ...between(from, from + 3 * DAY), limit: '10' }
}

/** A doctor with one of the services, and the beginning of a day (UTC, Unix milliseconds). */
function someone() {
  const doctor = oneOf(doctors)
  const day = (Math.floor(Date.now() / DAY) + FIRST_DAY + Math.floor(Math.random() * DAYS)) * DAY
  return { doctor, serviceId: oneOf(doctor?.serviceIds ?? []) ?? '', day }
}

function between(from: number, to: number): Query {
  const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  return { from: instant(from), to: instant(to) }
}
