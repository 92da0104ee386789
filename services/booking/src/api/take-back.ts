import { type Caller, ProblemError } from '@medqueue/service-kit'

import { changeAppointment, type ChangeDeps } from './change.ts'

export interface TakeBack {
  id: string
  caller: Caller
  /** Asked for by somebody who acts for the patient. */
  byProxy: boolean | undefined
  reason: string
  traceparent: string
}

/**
 * Takes one visit back of several that were to be booked all or not at all, whether it is still held or booked already;
 * does nothing when it is over. A proxy does so also when the patient has ended it meanwhile: what was begun is taken back.
 */
export async function takeBack(deps: ChangeDeps, { byProxy, ...asked }: TakeBack): Promise<void> {
  const access = byProxy === true ? { part: 'patient' as const, notes: false } : undefined
  // What is held becomes booked at most, never the other way round.
  for (const action of ['release', 'cancel'] as const)
    await changeAppointment(deps, { ...asked, action, access, expected: undefined }).catch(
      (error: unknown) => {
        // It is over already, or is of the other kind.
        if (!(error instanceof ProblemError)) throw error
      },
    )
}
