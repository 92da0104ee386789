import { demoDoctors, demoId, demoPatients, demoServiceTypes } from '@medqueue/demo-data'

import type { PersonRole } from './domain/users.ts'

/** Published, so worth nothing: the demonstration's log-ins only. */
export const DEMO_PASSWORD = 'four-green-herons-sing'

export interface DemoUser {
  id: string
  email: string
  displayName: string
  roles: PersonRole[]
}

/**
 * One log-in for each role. The patient is the first one of the demonstration's directory, the doctor the first who offers
 * everything, also what waits for the doctor's approval.
 */
export function demoUsers(): DemoUser[] {
  const [patient] = demoPatients(1)
  const services = demoServiceTypes().length
  const doctor = demoDoctors().find(({ serviceIds }) => serviceIds.length === services)
  if (patient === undefined || doctor === undefined) throw new Error('the demonstration has no people')
  return [
    user('patient', patient.id, patient.name),
    user('doctor', doctor.id, doctor.name),
    user('admin', demoId('user', 'admin'), 'Demo Admin'),
    user('stakeholder', demoId('user', 'stakeholder'), 'Demo Stakeholder'),
  ]
}

function user(role: PersonRole, id: string, displayName: string): DemoUser {
  return { id, email: `${role}@demo.medqueue.dev`, displayName, roles: [role] }
}
