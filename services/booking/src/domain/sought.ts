import type { Catalogue } from '../store/list-catalogue.ts'

/** What a search asks for: the service, and at least one way to name doctors. */
export interface SlotFilter {
  serviceId: string
  doctorId?: string | undefined
  specialtyId?: string | undefined
  clinicId?: string | undefined
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
  const { serviceId, doctorId, specialtyId, clinicId, city, language } = filter
  const clinicIds = new Set(
    clinics
      .entries()
      .filter(([id, clinic]) => clinic.active && is(clinicId, id) && is(city, clinic.city))
      .map(([id]) => id),
  )
  const candidates = doctorId === undefined ? doctors.entries() : named(doctorId, doctors)
  const doctorIds = candidates
    .filter(
      ([, doctor]) =>
        doctor.active &&
        is(specialtyId, doctor.specialtyId) &&
        doctor.serviceIds.has(serviceId) &&
        speaks(doctor.languages, language) &&
        doctor.clinicIds.some((id) => clinicIds.has(id)),
    )
    .map(([id]) => id)
  return { doctorIds: doctorIds.toArray(), clinicIds }
}

const is = (asked: string | undefined, found: string) => asked === undefined || asked === found

/** BCP 47, basic filtering: what is asked for is the whole tag or its beginning, whatever the case. */
function speaks(languages: readonly string[], asked: string | undefined): boolean {
  if (asked === undefined) return true
  const wanted = asked.toLowerCase()
  return languages.some((tag) => `${tag.toLowerCase()}-`.startsWith(`${wanted}-`))
}

function named(id: string, doctors: Catalogue['doctors']) {
  const doctor = doctors.get(id)
  return (doctor === undefined ? [] : [[id, doctor] as const]).values()
}
