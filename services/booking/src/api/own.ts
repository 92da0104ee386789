import type pg from 'pg'

import { withRetries, withTransaction } from '@medqueue/database'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'
import { lockProxy } from '../store/find-proxy.ts'
import { type ChangeableRow, lockAppointment, readAppointment } from '../store/lock-appointment.ts'
import { type Access, isByProxy, ownAccess, partOf, proxyAccess } from './access.ts'

/** An appointment in which the caller takes part, and what they may do with it. */
export interface OwnRow {
  row: ChangeableRow
  access: Access
}

interface Asked {
  id: string
  caller: Caller
  /** What the caller was let do when this began; asked for when it is not said. */
  access?: Access | undefined
}

/**
 * Reads an appointment and runs `work`, which is one statement that names the version it was decided on; again when it met
 * a deadlock. For a proxy it runs in a transaction that keeps the grant: what they do is committed before it is revoked,
 * or not at all. Throws BOOKING_NOT_FOUND.
 */
export async function withOwn<Result>(
  pool: pg.Pool,
  { id, caller, access: known }: Asked,
  work: (db: Pick<pg.ClientBase, 'query'>, own: OwnRow) => Promise<Result>,
): Promise<Result> {
  const row = await readAppointment(pool, id)
  if (row === undefined) throw notFound()
  const access = known ?? accessOf(caller, row)
  if (access !== undefined) return withRetries(() => work(pool, { row, access }))
  return withTransaction(pool, async (client) => {
    const granted = await proxyAccess(client, caller, row, lockProxy)
    if (granted === undefined) throw notFound()
    return work(client, { row, access: granted })
  })
}

/** The same with the row locked, in a transaction that does more. Throws BOOKING_NOT_FOUND. */
export async function lockOwn(client: pg.ClientBase, { id, caller }: Asked): Promise<OwnRow> {
  const row = await lockAppointment(client, id)
  if (row === undefined) throw notFound()
  const access = accessOf(caller, row) ?? (await proxyAccess(client, caller, row, lockProxy))
  if (access === undefined) throw notFound()
  return { row, access }
}

/** Of those who need nobody's leave, and of staff who hold a slot for a patient: they may let it go. */
function accessOf(caller: Caller, row: ChangeableRow): Access | undefined {
  const holds = row.status === 'held' && row.actor_id === caller.id && !isByProxy(row)
  return ownAccess(caller, row) ?? (holds ? { part: partOf(caller, row), notes: true } : undefined)
}

const notFound = () => new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
