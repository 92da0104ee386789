import { ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'
import { type Change, type ChangeDeps, changeAppointment } from './change.ts'
import type { Appointment } from './schemas.ts'
import { appointmentView } from './views.ts'

/** What was decided before, in the words of BOOKING_ILLEGAL_TRANSITION. */
export interface FirstDecision {
  status: string
  action: string
  by: string
  reason?: string
}

export type ManyOutcome =
  | { id: string; status: 200; appointment: Appointment }
  | { id: string; status: number; code: string; title: string; detail?: string; decision?: FirstDecision }

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
    // What was decided before it must be told.
    const problem =
      error instanceof ProblemError ? error : new ProblemError(BookingErrors.BOOKING_NOT_DECIDED)
    const { entry, detail } = problem
    const { decision } = (problem.extra ?? {}) as { decision?: FirstDecision }
    const { status, code, title } = entry
    return {
      id: change.id,
      status,
      code,
      title,
      ...(detail === undefined ? {} : { detail }),
      ...(decision === undefined ? {} : { decision }),
    }
  }
}
