import { demoClinics } from './clinics.ts'
import { demoId } from './id.ts'

export interface DemoResource {
  id: string
  /** What a service type asks for. */
  kind: string
  clinicId: string
  name: string
  active: boolean
}

/** Kinds of the hospital's rooms and devices, with how each is named and how many there are. */
const KINDS = [
  ['scan-room', 'Scan room', 4],
  ['ultrasound', 'Ultrasound', 4],
  ['group-room', 'Class room', 2],
] as const

/** The rooms and devices of the maternity hospital. */
export function demoResources(): DemoResource[] {
  const clinicId = demoClinics()[0]?.id ?? ''
  return KINDS.flatMap(([kind, label, count]) =>
    Array.from({ length: count }, (_, index) => {
      const name = `${label} ${index + 1}`
      return { id: demoId('resource', name), kind, clinicId, name, active: true }
    }),
  )
}
