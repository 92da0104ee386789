import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { type Fact, factEvent } from './domain/events.ts'
import { DirectoryErrors } from './errors.ts'
import { findRow } from './store/find-row.ts'
import type { Table, Versioned } from './store/table.ts'

/** What a change needs of the world. */
export interface ChangeContext {
  pool: pg.Pool
  newId: () => string
  now: () => Date
  /** Trace of the request that asked for it. */
  traceparent?: string | undefined
}

/**
 * Runs a change in one transaction with the event that tells of it. Throws DIRECTORY_NAME_TAKEN when the name is
 * another record's.
 */
export async function commitChange<Row>(
  context: ChangeContext,
  work: (client: pg.PoolClient) => Promise<Row>,
  factOf: (row: Row) => Fact,
): Promise<Row> {
  try {
    return await withTransaction(context.pool, async (client) => {
      const row = await work(client)
      await tell(client, context, factOf(row))
      return row
    })
  } catch (error) {
    if (isNameTaken(error)) {
      throw new ProblemError(DirectoryErrors.DIRECTORY_NAME_TAKEN, { field: 'name', cause: error })
    }
    throw error
  }
}

/** Appends one event in the caller's transaction. */
export async function tell(
  client: pg.ClientBase,
  { newId, now, traceparent }: Pick<ChangeContext, 'newId' | 'now' | 'traceparent'>,
  fact: Fact,
): Promise<void> {
  await appendEvents(client, [factEvent(fact, { eventId: newId(), occurredAt: now(), traceparent })])
}

const NAME_CONSTRAINTS = new Set(['specialty_name_key', 'service_type_name_key'])

function isNameTaken(error: unknown): boolean {
  if (!(error instanceof Error) || !('constraint' in error)) return false
  return NAME_CONSTRAINTS.has(String(error.constraint))
}

/** The row, or, when the statement found none, the reason: throws DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function orRefusal<Row, Fields extends object>(
  row: Row | undefined,
  client: pg.ClientBase,
  table: Table<Fields>,
  id: string,
): Promise<Row> {
  if (row !== undefined) return row
  const current: Versioned | undefined = await findRow(client, table, id)
  if (current === undefined) throw notFound()
  throw new ProblemError(DirectoryErrors.DIRECTORY_STALE, {
    field: 'if-match',
    extra: { currentVersion: current.version },
  })
}

/** The row, or throws DIRECTORY_ID_TAKEN. */
export function orTaken<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new ProblemError(DirectoryErrors.DIRECTORY_ID_TAKEN, { field: 'id' })
  return row
}

export function notFound(): ProblemError {
  return new ProblemError(DirectoryErrors.DIRECTORY_NOT_FOUND)
}
