import { randomUUID } from 'node:crypto'

import type {
  ClinicSnapshot,
  DoctorSnapshot,
  ServiceTypeSnapshot,
  SpecialtySnapshot,
} from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import type pg from 'pg'

import { addClinics } from '../../src/store/add-clinics.ts'
import { addDoctors } from '../../src/store/add-doctors.ts'
import { addServiceTypes } from '../../src/store/add-service-types.ts'
import { addSpecialties } from '../../src/store/add-specialties.ts'
import { refreshWords } from '../../src/store/refresh-words.ts'

type Clinic = ClinicSnapshot & { neighbourhood: string | null }
type Doctor = DoctorSnapshot & { phone: string | null; phonePublic: boolean }

const head = () => ({ id: randomUUID() as string, version: 1, active: true })

export const specialty = (name = `Specialty ${randomUUID()}`): SpecialtySnapshot => ({ ...head(), name })

export const clinic = (overrides: Partial<Clinic> = {}): Clinic => {
  const place = { city: 'Vitória', state: 'ES', zone: 'America/Sao_Paulo', neighbourhood: null }
  return { ...head(), name: 'Central Clinic', ...place, ...overrides }
}

export const serviceType = (overrides: Partial<ServiceTypeSnapshot> = {}): ServiceTypeSnapshot => {
  const rules = { durationMinutes: 20, bufferAfterMinutes: 0, alignmentMinutes: 20, minimumNoticeMinutes: 0 }
  return {
    ...head(),
    name: `Service ${randomUUID()}`,
    ...rules,
    horizonDays: 90,
    approval: 'automatic',
    ...overrides,
  }
}

export const doctor = (overrides: Partial<Doctor> & Pick<Doctor, 'specialtyId' | 'clinicIds'>): Doctor => {
  return { ...head(), name: 'Dr. Fern 1', serviceIds: [], phone: null, phonePublic: false, ...overrides }
}

export interface Network {
  specialties?: SpecialtySnapshot[]
  clinics?: Clinic[]
  services?: ServiceTypeSnapshot[]
  doctors?: Doctor[]
}

/** Puts rows into the directory, without events. */
export async function plant(pool: pg.Pool, network: Network): Promise<void> {
  const { specialties = [], clinics = [], services = [], doctors = [] } = network
  await withTransaction(pool, async (client) => {
    await addSpecialties(client, specialties)
    await addServiceTypes(client, services)
    await addClinics(client, clinics)
    await addDoctors(client, doctors)
    await refreshWords(client, { doctorIds: doctors.map(({ id }) => id) })
  })
}
