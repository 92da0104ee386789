import { type Caller, ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { BookingErrors } from '../errors.ts'
import { findProxy, lockProxy } from '../store/find-proxy.ts'
import { plainRefusal } from './refusal.ts'

/** For whom the caller acts. */
export interface ForPatient {
  patientId: string
  /** Only because the patient lets them: it holds as long as that does. */
  byProxy?: true
}

/**
 * The patient meant, when there is nothing to ask: the caller, when nobody is named, or anybody, for those who may book
 * for others. Else undefined: then see `proxiedPatient`.
 */
export function patientOf(caller: Caller, named: string | undefined): ForPatient | undefined {
  if (named === undefined || named === caller.id || caller.can('appointment:book-for-others'))
    return { patientId: named ?? caller.id }
  return undefined
}

/** The patient meant, if they let the caller act for them now. Throws BOOKING_FOR_OTHERS, naming the field. */
export async function proxiedPatient(
  pool: pg.Pool,
  caller: Caller,
  patientId = caller.id,
  field = 'patientId',
): Promise<ForPatient> {
  const grant = await findProxy(pool, { proxyId: caller.id, patientId })
  if (grant === undefined) throw new ProblemError(BookingErrors.BOOKING_FOR_OTHERS, { field })
  return { patientId, byProxy: true }
}

/** Asks once more, in the transaction that writes: a revocation comes before it or after it. Throws BOOKING_PROXY_ENDED. */
export async function stillProxied(client: pg.ClientBase, caller: Caller, patientId: string): Promise<void> {
  const grant = await lockProxy(client, { proxyId: caller.id, patientId })
  if (grant === undefined) throw plainRefusal('proxy_ended')
}
