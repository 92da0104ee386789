import { ProblemError } from '@medqueue/service-kit'

import { type Change, type ChangeDeps, changeAppointment } from './change.ts'
import type { Appointment } from './schemas.ts'
import { appointmentView } from './views.ts'

export type ManyOutcome =
  | { id: string; status: 200; appointment: Appointment }
  | { id: string; status: number; code: string; title: string; detail?: string }

/** Several decisions, each in a transaction of its own: what stops one does not stop the others. In order. */
export async function decideMany(deps: ChangeDeps, changes: readonly Change[]): Promise<ManyOutcome[]> {
  const outcomes: ManyOutcome[] = []
  for (const change of changes) outcomes.push(await decideOne(deps, change))
  return outcomes
}

async function decideOne(deps: ChangeDeps, change: Change): Promise<ManyOutcome> {
  try {
    const appointment = appointmentView(await changeAppointment(deps, change))
    return { id: change.id, status: 200, appointment }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const { entry, detail } = error
    const { status, code, title } = entry
    return { id: change.id, status, code, title, ...(detail === undefined ? {} : { detail }) }
  }
}
