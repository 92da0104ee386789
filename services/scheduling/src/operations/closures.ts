import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Core, Edit } from '../core.ts'
import { dateOf } from '../domain/calendar.ts'
import { rangeOf } from '../domain/change-effect.ts'
import type { Interval } from '../domain/intervals.ts'
import { SchedulingErrors } from '../errors.ts'
import { countClosures } from '../store/count-closures.ts'
import { deleteClosure } from '../store/delete-closure.ts'
import { findClosure } from '../store/find-closure.ts'
import { insertClosure } from '../store/insert-closure.ts'
import type { ClosureRecord, NewClosure } from '../store/records.ts'
import { updateClosure } from '../store/update-closure.ts'
import { changeClosing } from './closing.ts'
import { type Expected, mustBeCurrent, openClinic } from './guards.ts'
import type { Changed } from './hits.ts'
import { mustBeShown } from './skipped-times.ts'

/** In an installation; so that what a doctor's windows follow from stays small. */
const MOST_CLOSURES = 5_000

/** What a caller says of a closure. */
export type ClosureValues = Omit<NewClosure, 'id'>

/** Closes a clinic or all. Throws what `openClinic` and `mustBeShown` throw, and SCHEDULING_LIMIT. */
export async function createClosure(
  core: Core,
  edit: Edit,
  values: ClosureValues,
): Promise<Changed<ClosureRecord>> {
  const id = core.newId()
  return changeClosing(core, {
    ...edit,
    plan: async (client) => {
      await mustBeSensible(client, values)
      if ((await countClosures(client)) >= MOST_CLOSURES) {
        const detail = `There are at most ${MOST_CLOSURES} closures.`
        throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { detail, field: 'date' })
      }
      const change = async () => known(await insertClosure(client, { ...values, id }))
      return { clinicIds: clinicsOf(values), range: spanOf(values), change }
    },
  })
}

/** Says a closure anew. Throws as `createClosure`, and when it is unknown or has changed. */
export async function replaceClosure(
  core: Core,
  edit: Edit,
  { id, expected }: { id: string; expected: Expected },
  values: ClosureValues,
): Promise<Changed<ClosureRecord>> {
  return changeClosing(core, {
    ...edit,
    plan: async (client) => {
      const before = known(await findClosure(client, id, 'FOR UPDATE'))
      mustBeCurrent(before.version, expected)
      await mustBeSensible(client, values)
      const change = async () => known(await updateClosure(client, { ...values, id }))
      return { clinicIds: clinicsOf(before, values), change }
    },
  })
}

/** Takes a closure back. Throws when it is unknown or has changed. */
export async function removeClosure(
  core: Core,
  edit: Edit,
  { id, expected }: { id: string; expected: Expected },
): Promise<Changed<void>> {
  return changeClosing(core, {
    ...edit,
    plan: async (client) => {
      const before = known(await findClosure(client, id, 'FOR UPDATE'))
      mustBeCurrent(before.version, expected)
      return {
        clinicIds: clinicsOf(before),
        range: spanOf(before),
        change: async () => deleteClosure(client, id),
      }
    },
  })
}

/** Throws SCHEDULING_CLOSURE_UNKNOWN. */
export async function closureById({ pool }: Core, id: string): Promise<ClosureRecord> {
  return known(await findClosure(pool, id))
}

function known(closure: ClosureRecord | undefined): ClosureRecord {
  if (closure !== undefined) return closure
  throw new ProblemError(SchedulingErrors.SCHEDULING_CLOSURE_UNKNOWN, { field: 'id' })
}

async function mustBeSensible(client: pg.ClientBase, values: ClosureValues): Promise<void> {
  if (values.clinicId === null) return
  const { zone } = await openClinic(client, values.clinicId)
  mustBeShown(values, [zone])
}

function clinicsOf(...closures: Pick<NewClosure, 'clinicId'>[]): string[] | null {
  const ids = closures.map(({ clinicId }) => clinicId)
  return ids.includes(null) ? null : ids.filter((id) => id !== null)
}

function spanOf({ date, lastDate }: Pick<NewClosure, 'date' | 'lastDate'>): Interval {
  return rangeOf({ from: dateOf(date), to: dateOf(lastDate) })
}
