import type { ClinicSnapshot } from '@medqueue/contracts'

import { demoId } from './id.ts'
import { foldPlace, NEIGHBOURHOODS } from './neighbourhoods.ts'

export interface DemoClinic extends ClinicSnapshot {
  /** Null for the hospital, which serves the whole city. */
  neighbourhood: string | null
}

export const DEMO_ZONE = 'America/Sao_Paulo'
const HOSPITAL = 'Medqueue Maternity Hospital'

function clinic(name: string, neighbourhood: string | null): DemoClinic {
  return {
    id: demoId('clinic', name),
    version: 1,
    active: true,
    name,
    city: 'Vitória',
    state: 'ES',
    zone: DEMO_ZONE,
    neighbourhood,
  }
}

/** The maternity hospital first, then 79 clinics, one a neighbourhood. */
export function demoClinics(): DemoClinic[] {
  return [clinic(HOSPITAL, null), ...NEIGHBOURHOODS.map((place) => clinic(`${place} Clinic`, place))]
}

/** The clinic of a neighbourhood, however it is accented or cased; undefined when there is none. */
export function demoClinicOf(neighbourhood: string): DemoClinic | undefined {
  const wanted = foldPlace(neighbourhood)
  const place = NEIGHBOURHOODS.find((name) => foldPlace(name) === wanted)
  return place === undefined ? undefined : clinic(`${place} Clinic`, place)
}
