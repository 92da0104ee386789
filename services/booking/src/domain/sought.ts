import type { Catalogue, CatalogueDoctor } from '../store/list-catalogue.ts'
import { folded } from './folded.ts'

/** What a search asks for: the service, and at least one way to name doctors. */
export interface SlotFilter {
  serviceId: string
  doctorId?: string | undefined
  specialtyId?: string | undefined
  clinicId?: string | undefined
  /** Case and accents do not count. */
  city?: string | undefined
  /** Spoken by the doctor: `pt` is also every `pt-…`. */
  language?: string | undefined
}

/** Whose slots a search means, and where. */
export interface Sought {
  doctorIds: readonly string[]
  /** Windows elsewhere are left out. */
  clinicIds: ReadonlySet<string>
}

/** The active doctors and clinics a filter means. A doctor has windows only where the directory says they work. */
export function soughtBy(filter: SlotFilter, { doctors, clinics }: Catalogue): Sought {
  const { doctorId, clinicId } = filter
  const city = filter.city === undefined ? undefined : folded(filter.city)
  const clinicIds = new Set<string>()
  for (const [id, clinic] of clinics)
    if (clinic.active && is(clinicId, id) && is(city, clinic.foldedCity)) clinicIds.add(id)
  // Plain loops: every search asks it of every doctor.
  const doctorIds: string[] = []
  for (const [id, doctor] of doctorId === undefined ? doctors : named(doctorId, doctors))
    if (fits(doctor, filter) && doctor.clinicIds.some((one) => clinicIds.has(one))) doctorIds.push(id)
  return { doctorIds, clinicIds }
}

const fits = (doctor: CatalogueDoctor, { serviceId, specialtyId, language }: SlotFilter) =>
  doctor.active &&
  is(specialtyId, doctor.specialtyId) &&
  doctor.serviceIds.has(serviceId) &&
  speaks(doctor.languages, language)

const is = (asked: string | undefined, found: string) => asked === undefined || asked === found

/** BCP 47, basic filtering: what is asked for is the whole tag or its beginning, whatever the case. */
function speaks(languages: readonly string[], asked: string | undefined): boolean {
  if (asked === undefined) return true
  const wanted = asked.toLowerCase()
  return languages.some((tag) => `${tag.toLowerCase()}-`.startsWith(`${wanted}-`))
}

function named(id: string, doctors: Catalogue['doctors']) {
  const doctor = doctors.get(id)
  return doctor === undefined ? [] : [[id, doctor] as const]
}
