import type { DoctorSnapshot } from '@medqueue/contracts'

import { demoClinics } from './clinics.ts'
import { demoId, noise } from './id.ts'
import { DEMO_SPECIALTY_NAMES, demoServicesOf } from './services.ts'

export interface DemoDoctor extends DoctorSnapshot {
  /** No number that can be dialled. */
  phone: string
  phonePublic: boolean
  languages: string[]
}

export const DEMO_DOCTORS = 400

/** Trees, so that nobody is taken for a real person; some with accents, so that search has something to fold. */
const TREES = [
  ...['Alder', 'Araçá', 'Ash', 'Aspen', 'Baobab', 'Beech', 'Birch', 'Cajá', 'Cedar', 'Cumaru'],
  ...['Cypress', 'Ebony', 'Elder', 'Elm', 'Fir', 'Guapuruvu', 'Hawthorn', 'Hazel', 'Hornbeam', 'Ingá'],
  ...['Ipê', 'Jacarandá', 'Jatobá', 'Juniper', 'Larch', 'Linden', 'Magnolia', 'Manacá', 'Maple', 'Oak'],
  ...['Olive', 'Pequi', 'Pine', 'Pitangueira', 'Poplar', 'Rowan', 'Spruce', 'Sumaúma', 'Willow', 'Yew'],
]

const SEED = 17

/** Every fifth doctor works at the hospital first; the others fill the neighbourhood clinics in turn. */
function clinicsOf(index: number, clinicIds: readonly string[]): string[] {
  const [hospital = '', ...local] = clinicIds
  const home = index % 5 === 0 ? hospital : (local[(index - Math.ceil(index / 5)) % local.length] ?? hospital)
  if (noise(SEED, index) % 10 >= 4) return [home]
  const second = local[noise(SEED + 1, index) % local.length] ?? hospital
  return second === home ? [home] : [home, second]
}

/** Everybody speaks Portuguese; some a second language, and a few sign with deaf patients. */
function languagesOf(index: number): string[] {
  const dice = noise(SEED + 2, index) % 10
  const second = dice < 3 ? ['en'] : dice < 5 ? ['es'] : dice === 5 ? ['bzs'] : []
  return ['pt-BR', ...second]
}

/** 400 doctors with built names such as `Dr. Alder 001`; one or two clinics each, the main one first. */
export function demoDoctors(): DemoDoctor[] {
  const clinicIds = demoClinics().map(({ id }) => id)
  return Array.from({ length: DEMO_DOCTORS }, (_, index) => {
    const number = String(index + 1).padStart(3, '0')
    const name = `Dr. ${TREES[index % TREES.length] ?? 'Alder'} ${number}`
    const specialty = DEMO_SPECIALTY_NAMES[index % DEMO_SPECIALTY_NAMES.length] ?? 'Obstetrics'
    return {
      id: demoId('doctor', name),
      version: 1,
      active: true,
      name,
      specialtyId: demoId('specialty', specialty),
      clinicIds: clinicsOf(index, clinicIds),
      serviceIds: demoServicesOf(specialty),
      phone: `+55 27 0000-0${number}`,
      phonePublic: index % 3 === 0,
      languages: languagesOf(index),
    }
  })
}
