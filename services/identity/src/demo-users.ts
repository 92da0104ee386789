import { demoDoctors, demoId, demoPatients } from '@medqueue/demo-data'

import type { PersonRole } from './domain/users.ts'

/** Published, so worth nothing: the demonstration's log-ins only. */
export const DEMO_PASSWORD = 'four-green-herons-sing'

export interface DemoUser {
  id: string
  email: string
  displayName: string
  roles: PersonRole[]
}

/** One log-in for each role. The patient and the doctor are the first ones of the demonstration's directory. */
export function demoUsers(): DemoUser[] {
  const [patient] = demoPatients(1)
  const [doctor] = demoDoctors()
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
