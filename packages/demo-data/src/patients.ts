import { demoId, noise } from './id.ts'

export interface DemoPatient {
  id: string
  version: number
  active: boolean
  /** Such as `Patient 00042`: obviously nobody. */
  name: string
  birthYear: number
}

export const DEMO_PATIENTS = 50_000

const SEED = 29
const FIRST_BIRTH_YEAR = 1965
const BIRTH_YEARS = 45

/** Synthetic patients in a fixed order: a shorter list is the beginning of a longer one. */
export function demoPatients(count: number = DEMO_PATIENTS): DemoPatient[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `Patient ${String(index + 1).padStart(5, '0')}`
    return {
      id: demoId('patient', name),
      version: 1,
      active: true,
      name,
      birthYear: FIRST_BIRTH_YEAR + (noise(SEED, index) % BIRTH_YEARS),
    }
  })
}
