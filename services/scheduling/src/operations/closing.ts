import type pg from 'pg'

import type { Core, Edit } from '../core.ts'
import type { Interval } from '../domain/intervals.ts'
import { listDoctorsAtClinic } from '../store/list-doctors-at-clinic.ts'
import { markDue } from '../store/mark-due.ts'
import { type Changed, committedUnless, withHits } from './hits.ts'
import { publishDue } from './publish-due.ts'

/** A change of when clinics are closed, and whom it touches. */
export interface Closing<T> {
  /** Null: every clinic. A change that moves from one clinic to another touches both. */
  clinicIds: readonly string[] | null
  /** Window starts that may change; all of the future when not given. */
  range?: Interval
  change: (client: pg.ClientBase) => Promise<T>
}

export interface ClosingOptions<T> extends Edit {
  /** Decides in the change's transaction what is to be done; throws to refuse it. */
  plan: (client: pg.ClientBase) => Promise<Closing<T>>
}

/**
 * Closes or opens clinics: the change and the note of who is to be told are one transaction; then the windows of every
 * doctor touched are published, and the answer waits for it. A trial changes nothing and gives the same hits.
 */
export async function changeClosing<T>(
  core: Core,
  { dryRun, author, plan }: ClosingOptions<T>,
): Promise<Changed<T>> {
  let due: string[] = []
  const changed = await committedUnless(dryRun, core.pool, async (client) => {
    const { clinicIds, range, change } = await plan(client)
    const doctorIds = await touched(client, clinicIds)
    const reach = { doctorIds, ...(range === undefined ? {} : { range }) }
    const made = await withHits(client, core, reach, async () => change(client))
    due = await markDue(client, doctorIds)
    return made
  })
  if (!dryRun) await publishDue(core, due, author.traceparent)
  return changed
}

async function touched(client: pg.ClientBase, clinicIds: readonly string[] | null): Promise<string[] | null> {
  if (clinicIds === null) return null
  const ids = new Set<string>()
  for (const clinicId of clinicIds) for (const id of await listDoctorsAtClinic(client, clinicId)) ids.add(id)
  return [...ids]
}
