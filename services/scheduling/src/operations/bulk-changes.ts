import { withTransaction } from '@medqueue/database'
import { ProblemError } from '@medqueue/service-kit'

import type { Author, Core } from '../core.ts'
import type { ChangeRequest, DoctorResult } from '../domain/bulk-change.ts'
import { minutesOf } from '../domain/calendar.ts'
import { type ChangeEffect, rangeOf } from '../domain/change-effect.ts'
import { visitsIn } from '../domain/hits.ts'
import type { Clinic } from '../domain/schedule.ts'
import { SchedulingErrors } from '../errors.ts'
import { writeHit } from '../resources/hits.ts'
import { deleteChangeExceptions } from '../store/delete-change-exceptions.ts'
import { type ChangeRecord, findChange } from '../store/find-change.ts'
import { insertChange } from '../store/insert-change.ts'
import { insertException } from '../store/insert-exception.ts'
import { loadSchedules, type LoadedSchedule } from '../store/load-schedules.ts'
import { lockChangeDoctor } from '../store/lock-change-doctor.ts'
import { lockSchedule } from '../store/lock-schedule.ts'
import type { VisitRecord } from '../store/records.ts'
import { startUndo } from '../store/start-undo.ts'
import { updateChangeDoctor } from '../store/update-change-doctor.ts'
import { openClinic, openSchedule } from './guards.ts'
import { visitsAround, withHits } from './hits.ts'
import { inParallel } from './in-parallel.ts'
import { type ExceptionValues, judgeException, toException } from './judge-exception.ts'
import { publishWindows, writeWindow } from './publish-windows.ts'

/*
 * A bulk change says one exception for each of many doctors. Each doctor is one transaction, so a doctor is changed
 * wholly or not at all, and nobody waits for the whole list. Undoing takes those exceptions back: what was there
 * before was never touched.
 */

const UNDO_MS = 10 * 60_000
/** Doctors changed at a time: enough to hide the way to the database, few enough to leave connections to others. */
const AT_ONCE = 4

export interface BulkChange {
  request: ChangeRequest
  doctorIds: readonly string[]
}

/** What a change would do, doctor by doctor, without writing anything. */
export async function dryRun(core: Core, { request, doctorIds }: BulkChange): Promise<DoctorResult[]> {
  const clinic = await clinicOf(core, request)
  const exception = toException(core.newId(), exceptionOf(request))
  const range = rangeOf(exception)
  const loaded = await loadSchedules(core.pool, doctorIds, range)
  const visits = await visitsAround(core.pool, core, doctorIds, range)
  const byDoctor = Map.groupBy(visits, (visit) => visit.doctorId)
  return doctorIds.map((doctorId) => {
    return judge(doctorId, loaded.get(doctorId), { request, clinic, visits: byDoctor.get(doctorId) ?? [] })
  })
}

/** Makes the change. Throws SCHEDULING_CLINIC_UNKNOWN or SCHEDULING_CLINIC_INACTIVE before anything is written. */
export async function applyChange(core: Core, author: Author, change: BulkChange): Promise<ChangeRecord> {
  const clinic = await clinicOf(core, change.request)
  const id = core.newId()
  const now = core.now()
  await insertChange(core.pool, {
    id,
    requestedBy: author.id,
    request: change.request,
    createdAt: new Date(now),
    undoUntil: new Date(now + UNDO_MS),
    doctorIds: change.doctorIds,
  })
  const step = { id, request: change.request, clinic, author }
  await inParallel(change.doctorIds, AT_ONCE, async (doctorId) => applyToDoctor(core, doctorId, step))
  return changeById(core, id)
}

/**
 * Takes a change back, doctor by doctor; may be called again, and goes on where it was cut short. Throws
 * SCHEDULING_CHANGE_UNKNOWN, or SCHEDULING_UNDO_EXPIRED after ten minutes.
 */
export async function undoChange(core: Core, author: Author, id: string): Promise<ChangeRecord> {
  const { doctors } = await changeById(core, id)
  if (!(await startUndo(core.pool, id, new Date(core.now())))) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_UNDO_EXPIRED, { field: 'id' })
  }
  const open = doctors.filter(({ outcome }) => outcome === 'ok' || outcome === 'waiting')
  await inParallel(open, AT_ONCE, async ({ doctorId }) =>
    undoForDoctor(core, author, { changeId: id, doctorId }),
  )
  return changeById(core, id)
}

/** Throws SCHEDULING_CHANGE_UNKNOWN. */
export async function changeById({ pool }: Core, id: string): Promise<ChangeRecord> {
  const change = await findChange(pool, id)
  if (change === undefined) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_CHANGE_UNKNOWN, { field: 'id' })
  }
  return change
}

async function clinicOf({ pool }: Core, { clinicId }: ChangeRequest): Promise<Clinic | undefined> {
  if (clinicId === null) return undefined
  return withTransaction(pool, async (client) => openClinic(client, clinicId))
}

/** What each action says of a doctor's dates. */
export const KINDS = { close: 'closed', open: 'open', shift: 'shifted' } as const

function exceptionOf({ action, by, clinicId, from, to, ...said }: ChangeRequest): ExceptionValues {
  const { start, end, reason } = said
  const times = { start: minutesOf(start), end: minutesOf(end) }
  return { kind: KINDS[action], by: by ?? null, clinicId, date: from, lastDate: to, ...times, reason }
}

interface Judged {
  request: ChangeRequest
  clinic: Clinic | undefined
}

function judge(
  doctorId: string,
  loaded: LoadedSchedule | undefined,
  { request, clinic, visits }: Judged & { visits: readonly VisitRecord[] },
): DoctorResult {
  try {
    const effect = judgeException(loaded, toException(doctorId, exceptionOf(request)), clinic)
    return { doctorId, outcome: 'ok', ...writeEffect(effect, visits) }
  } catch (error) {
    return refusal(doctorId, error)
  }
}

function writeEffect({ removed, added }: ChangeEffect, visits: readonly VisitRecord[]) {
  const hits = visitsIn(visits, removed).map(writeHit)
  return { removed: removed.map(writeWindow), added: added.map(writeWindow), hits }
}

/** The result for a doctor who is refused; whatever is not a refusal is thrown on. */
function refusal(doctorId: string, error: unknown): DoctorResult {
  if (!(error instanceof ProblemError) || error.statusCode >= 500) throw error
  const problem = { code: error.code, detail: error.detail ?? error.entry.title }
  return { doctorId, outcome: 'refused', problem, removed: [], added: [] }
}

async function applyToDoctor(
  core: Core,
  doctorId: string,
  step: Judged & { id: string; author: Author },
): Promise<void> {
  const key = { changeId: step.id, doctorId }
  try {
    await withTransaction(core.pool, async (client) => {
      // Undone before its turn came.
      if ((await lockChangeDoctor(client, step.id, doctorId)) !== 'waiting') return
      const values = exceptionOf(step.request)
      const clinic = await openSchedule(client, doctorId, values.clinicId)
      const exception = toException(doctorId, values)
      const range = rangeOf(exception)
      const loaded = await loadSchedules(client, [doctorId], range)
      const effect = judgeException(loaded.get(doctorId), exception, clinic)
      const visits = await visitsAround(client, core, [doctorId], range)
      await insertException(client, { ...values, id: core.newId(), doctorId, changeId: step.id })
      await publishWindows(client, core, doctorId, step.author.traceparent)
      await updateChangeDoctor(client, key, { outcome: 'ok', result: writeEffect(effect, visits) })
    })
  } catch (error) {
    const { problem, removed, added } = refusal(doctorId, error)
    await updateChangeDoctor(core.pool, key, { outcome: 'refused', result: { problem, removed, added } })
  }
}

async function undoForDoctor(
  core: Core,
  author: Author,
  key: { changeId: string; doctorId: string },
): Promise<void> {
  const { changeId, doctorId } = key
  await withTransaction(core.pool, async (client) => {
    const outcome = await lockChangeDoctor(client, changeId, doctorId)
    if (outcome !== 'ok' && outcome !== 'waiting') return
    if (outcome === 'waiting') {
      await updateChangeDoctor(client, key, { outcome: 'undone' })
      return
    }
    await lockSchedule(client, doctorId)
    const { hits } = await withHits(client, core, { doctorIds: [doctorId] }, async () => {
      await deleteChangeExceptions(client, changeId, doctorId)
      await publishWindows(client, core, doctorId, author.traceparent)
    })
    await updateChangeDoctor(client, key, { outcome: 'undone', result: { undoHits: hits.map(writeHit) } })
  })
}
