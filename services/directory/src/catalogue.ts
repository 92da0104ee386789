import type { DirectoryKind } from '@medqueue/contracts'
import type pg from 'pg'

import { type ChangeContext, commitChange, orRefusal, orTaken } from './change.ts'
import type { Expected } from './domain/etag.ts'
import type { Fact } from './domain/events.ts'
import { insertRow } from './store/insert-row.ts'
import { setActive } from './store/set-active.ts'
import type { Table, Versioned } from './store/table.ts'
import { updateRow } from './store/update-row.ts'

/** Clinics, specialties and service types: flat rows that admins keep and everybody reads. */
export interface Catalogue<Fields extends object> {
  table: Table<Fields>
  kind: DirectoryKind
  /** What other services are told. */
  snapshot: (row: Versioned & Fields) => object
  /** Throws a problem when a field has a value that the schema cannot refuse. */
  check?: (fields: Fields) => void
  /** What else must follow a change of the fields, in its transaction. */
  afterReplace?: (client: pg.ClientBase, id: string) => Promise<void>
}

function factOf<Fields extends object>({ kind, snapshot }: Catalogue<Fields>) {
  return (row: Versioned & Fields): Fact => ({ kind, id: row.id, version: row.version, data: snapshot(row) })
}

/** Adds a row. Throws DIRECTORY_ID_TAKEN or DIRECTORY_NAME_TAKEN. */
export async function createEntry<Fields extends object>(
  context: ChangeContext,
  catalogue: Catalogue<Fields>,
  { id = context.newId(), fields }: { id?: string | undefined; fields: Fields },
): Promise<Versioned & Fields> {
  catalogue.check?.(fields)
  const work = async (client: pg.PoolClient) =>
    orTaken(await insertRow(client, catalogue.table, { id, fields }))
  return commitChange(context, work, factOf(catalogue))
}

/** Replaces the fields. Throws DIRECTORY_NOT_FOUND, DIRECTORY_STALE or DIRECTORY_NAME_TAKEN. */
export async function replaceEntry<Fields extends object>(
  context: ChangeContext,
  catalogue: Catalogue<Fields>,
  change: { id: string; expected: Expected; fields: Fields },
): Promise<Versioned & Fields> {
  catalogue.check?.(change.fields)
  const work = async (client: pg.PoolClient) => {
    const row = await updateRow(client, catalogue.table, change)
    const changed = await orRefusal(row, client, catalogue.table, change.id)
    await catalogue.afterReplace?.(client, change.id)
    return changed
  }
  return commitChange(context, work, factOf(catalogue))
}

/** Switches a row on or off. Throws DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function switchEntry<Fields extends object>(
  context: ChangeContext,
  catalogue: Catalogue<Fields>,
  change: { id: string; expected: Expected; active: boolean },
): Promise<Versioned & Fields> {
  const work = async (client: pg.PoolClient) =>
    orRefusal(await setActive(client, catalogue.table, change), client, catalogue.table, change.id)
  return commitChange(context, work, factOf(catalogue))
}
