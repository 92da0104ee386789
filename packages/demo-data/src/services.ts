import type { ServiceTypeSnapshot, SpecialtySnapshot } from '@medqueue/contracts'

import { demoId } from './id.ts'

const SPECIALTIES = [
  'Obstetrics',
  'Gynaecology',
  'Midwifery',
  'Fetal medicine',
  'Neonatology',
  'Paediatrics',
  'General practice',
  'Anaesthesiology',
  'Endocrinology',
  'Cardiology',
  'Nutrition',
  'Psychology',
] as const
export type DemoSpecialty = (typeof SPECIALTIES)[number]

type Rules = Pick<
  ServiceTypeSnapshot,
  'durationMinutes' | 'bufferAfterMinutes' | 'alignmentMinutes' | 'minimumNoticeMinutes' | 'approval'
>

/** Starts of every service lie on a grid of 10 or 20 minutes, so that different services leave few useless gaps. */
const SERVICE_TYPES = {
  Consultation: rules(20, 20, {}),
  'Follow-up': rules(10, 10, {}),
  'Antenatal check': rules(30, 10, { bufferAfterMinutes: 10 }),
  Ultrasound: rules(30, 20, { bufferAfterMinutes: 10, minimumNoticeMinutes: 120 }),
  'Specialist assessment': rules(40, 20, { minimumNoticeMinutes: 1_440, approval: 'manual' }),
} as const
export type DemoService = keyof typeof SERVICE_TYPES

function rules(durationMinutes: number, alignmentMinutes: number, more: Partial<Rules>): Rules {
  return {
    durationMinutes,
    alignmentMinutes,
    bufferAfterMinutes: 0,
    minimumNoticeMinutes: 0,
    approval: 'automatic',
    ...more,
  }
}

const ANTENATAL: readonly DemoSpecialty[] = ['Obstetrics', 'Midwifery', 'Fetal medicine']
const ULTRASOUND: readonly DemoSpecialty[] = ['Obstetrics', 'Gynaecology', 'Fetal medicine']
const ASSESSED: readonly DemoSpecialty[] = ['Fetal medicine', 'Neonatology', 'Endocrinology', 'Cardiology']

/** Twelve specialties of a maternity network. */
export function demoSpecialties(): SpecialtySnapshot[] {
  return SPECIALTIES.map((name) => ({ id: demoId('specialty', name), version: 1, active: true, name }))
}

/** Five service types. Only `Specialist assessment` waits for the doctor's approval. */
export function demoServiceTypes(): ServiceTypeSnapshot[] {
  return Object.entries(SERVICE_TYPES).map(([name, rest]) => {
    return { id: demoId('service-type', name), version: 1, active: true, name, horizonDays: 90, ...rest }
  })
}

/** Ids of the service types that doctors of a specialty offer. Everybody offers consultation and follow-up. */
export function demoServicesOf(specialty: DemoSpecialty): string[] {
  const services: DemoService[] = ['Consultation', 'Follow-up']
  if (ANTENATAL.includes(specialty)) services.push('Antenatal check')
  if (ULTRASOUND.includes(specialty)) services.push('Ultrasound')
  if (ASSESSED.includes(specialty)) services.push('Specialist assessment')
  return services.map((name) => demoId('service-type', name))
}

/** The names behind `demoSpecialties`, in the same order. */
export const DEMO_SPECIALTY_NAMES: readonly DemoSpecialty[] = SPECIALTIES
