import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Author, Core, Edit } from '../core.ts'
import { rangeOf } from '../domain/change-effect.ts'
import type { Clinic, RotaException } from '../domain/schedule.ts'
import { SchedulingErrors } from '../errors.ts'
import { deleteException } from '../store/delete-exception.ts'
import { findException } from '../store/find-exception.ts'
import { insertException } from '../store/insert-exception.ts'
import { loadSchedules } from '../store/load-schedules.ts'
import { lockSchedule } from '../store/lock-schedule.ts'
import type { ExceptionRecord } from '../store/records.ts'
import { updateException } from '../store/update-exception.ts'
import { type Expected, mustBeCurrent, mustOwn, openSchedule } from './guards.ts'
import { type Changed, committedUnless, withHits } from './hits.ts'
import { type ExceptionValues, judgeException, toException } from './judge-exception.ts'
import { publishWindows } from './publish-windows.ts'

/** Says something about particular dates. Throws what `openSchedule` and `judgeException` throw. */
export async function createException(
  core: Core,
  { author, dryRun }: Edit,
  doctorId: string,
  values: ExceptionValues,
): Promise<Changed<ExceptionRecord>> {
  mustOwn(author, doctorId)
  const id = core.newId()
  const exception = toException(id, values)
  return committedUnless(dryRun, core.pool, async (client) => {
    const clinic = await openSchedule(client, doctorId, values.clinicId)
    await mustBeSensible(client, doctorId, { exception, clinic })
    const reach = { doctorIds: [doctorId], range: rangeOf(exception) }
    return withHits(client, core, reach, async () => {
      await insertException(client, { ...values, id, doctorId, changeId: null })
      await publishWindows(client, core, doctorId, author.traceparent)
      return exceptionById(client, author, id)
    })
  })
}

/** Says an exception anew, as the latest word. Throws as above, and when it is unknown or has changed. */
export async function replaceException(
  core: Core,
  { author, dryRun }: Edit,
  { id, expected }: { id: string; expected: Expected },
  values: ExceptionValues,
): Promise<Changed<ExceptionRecord>> {
  const { doctorId } = await exceptionById(core.pool, author, id)
  return committedUnless(dryRun, core.pool, async (client) => {
    const clinic = await openSchedule(client, doctorId, values.clinicId)
    mustBeCurrent((await exceptionById(client, author, id)).version, expected)
    await mustBeSensible(client, doctorId, { exception: toException(id, values), clinic })
    return withHits(client, core, { doctorIds: [doctorId] }, async () => {
      await updateException(client, { ...values, id, doctorId, changeId: null })
      await publishWindows(client, core, doctorId, author.traceparent)
      return exceptionById(client, author, id)
    })
  })
}

/** Takes an exception back. Throws when it is unknown or has changed. */
export async function removeException(
  core: Core,
  { author, dryRun }: Edit,
  { id, expected }: { id: string; expected: Expected },
): Promise<Changed<void>> {
  const { doctorId } = await exceptionById(core.pool, author, id)
  return committedUnless(dryRun, core.pool, async (client) => {
    await lockSchedule(client, doctorId)
    mustBeCurrent((await exceptionById(client, author, id)).version, expected)
    return withHits(client, core, { doctorIds: [doctorId] }, async () => {
      await deleteException(client, id)
      await publishWindows(client, core, doctorId, author.traceparent)
    })
  })
}

/** Throws SCHEDULING_EXCEPTION_UNKNOWN, for another doctor's too: reasons are nobody else's business. */
export async function exceptionById(
  client: pg.ClientBase | pg.Pool,
  author: Author,
  id: string,
): Promise<ExceptionRecord> {
  const exception = await findException(client, id)
  if (exception === undefined || !(author.everybody || exception.doctorId === author.id)) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_EXCEPTION_UNKNOWN, { field: 'id' })
  }
  return exception
}

async function mustBeSensible(
  client: pg.ClientBase,
  doctorId: string,
  { exception, clinic }: { exception: RotaException; clinic: Clinic | undefined },
): Promise<void> {
  const loaded = (await loadSchedules(client, [doctorId], rangeOf(exception))).get(doctorId)
  if (loaded === undefined) throw new TypeError('the doctor was there a moment ago')
  const exceptions = loaded.schedule.exceptions.filter(({ id }) => id !== exception.id)
  judgeException({ ...loaded, schedule: { ...loaded.schedule, exceptions } }, exception, clinic)
}
