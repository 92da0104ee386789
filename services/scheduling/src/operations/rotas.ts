import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Author, Core, Edit } from '../core.ts'
import { dateOf } from '../domain/calendar.ts'
import { findClash, rowsBeside } from '../domain/clash.ts'
import { parseRule } from '../domain/recurrence.ts'
import type { Clinic, RotaRow } from '../domain/schedule.ts'
import { SchedulingErrors } from '../errors.ts'
import { writeRota } from '../resources/rota.ts'
import { deleteRota } from '../store/delete-rota.ts'
import { findRota } from '../store/find-rota.ts'
import { insertRotas } from '../store/insert-rotas.ts'
import { loadSchedules } from '../store/load-schedules.ts'
import { lockSchedule } from '../store/lock-schedule.ts'
import type { NewRota, RotaRecord } from '../store/records.ts'
import { updateRota } from '../store/update-rota.ts'
import { type Expected, mustBeCurrent, mustOwn, openSchedule } from './guards.ts'
import { type Changed, committedUnless, withHits } from './hits.ts'
import { publishWindows } from './publish-windows.ts'

/** Shifts of one weekday, and rows of one doctor in all. */
const MOST_SHIFTS_A_DAY = 12
const MOST_ROWS = 500
/** Rows by rules: their dates are computed each time, and all may come on one day. */
const MOST_RULES = 24

/** What a caller says of a row; the doctor it belongs to never changes. */
export type RotaValues = Omit<NewRota, 'id' | 'doctorId'>

/** Adds a row. Throws SCHEDULING_ROTA_OVERLAP naming the row in the way, and what `openSchedule` throws. */
export async function createRota(
  core: Core,
  { author, dryRun }: Edit,
  doctorId: string,
  values: RotaValues,
): Promise<Changed<RotaRecord>> {
  mustOwn(author, doctorId)
  const rota = { ...values, id: core.newId(), doctorId }
  return committedUnless(dryRun, core.pool, async (client) => {
    const clinic = await openSchedule(client, doctorId, rota.clinicId)
    await mustFit(client, rota, clinic)
    return withHits(client, core, { doctorIds: [doctorId] }, async () => {
      await insertRotas(client, [rota])
      await publishWindows(client, core, doctorId, author.traceparent)
      return rotaById(client, rota.id)
    })
  })
}

/** Says a row anew. Throws as `createRota`, and when the row is unknown, another doctor's, or has changed. */
export async function replaceRota(
  core: Core,
  { author, dryRun }: Edit,
  { id, expected }: { id: string; expected: Expected },
  values: RotaValues,
): Promise<Changed<RotaRecord>> {
  const { doctorId } = await ownRota(core, author, id)
  const rota = { ...values, id, doctorId }
  return committedUnless(dryRun, core.pool, async (client) => {
    const clinic = await openSchedule(client, doctorId, rota.clinicId)
    mustBeCurrent((await rotaById(client, id)).version, expected)
    await mustFit(client, rota, clinic)
    return withHits(client, core, { doctorIds: [doctorId] }, async () => {
      await updateRota(client, rota)
      await publishWindows(client, core, doctorId, author.traceparent)
      return rotaById(client, id)
    })
  })
}

/** Removes a row. Throws when the row is unknown, another doctor's, or has changed. */
export async function removeRota(
  core: Core,
  { author, dryRun }: Edit,
  { id, expected }: { id: string; expected: Expected },
): Promise<Changed<void>> {
  const { doctorId } = await ownRota(core, author, id)
  return committedUnless(dryRun, core.pool, async (client) => {
    await lockSchedule(client, doctorId)
    mustBeCurrent((await rotaById(client, id)).version, expected)
    return withHits(client, core, { doctorIds: [doctorId] }, async () => {
      await deleteRota(client, id)
      await publishWindows(client, core, doctorId, author.traceparent)
    })
  })
}

/** Throws SCHEDULING_ROTA_UNKNOWN. */
export async function rotaById(client: pg.ClientBase | pg.Pool, id: string): Promise<RotaRecord> {
  const rota = await findRota(client, id)
  if (rota === undefined) throw new ProblemError(SchedulingErrors.SCHEDULING_ROTA_UNKNOWN, { field: 'id' })
  return rota
}

async function ownRota({ pool }: Core, author: Author, id: string): Promise<RotaRecord> {
  const rota = await rotaById(pool, id)
  mustOwn(author, rota.doctorId)
  return rota
}

async function mustFit(client: pg.ClientBase, rota: NewRota, clinic: Clinic | undefined): Promise<void> {
  const loaded = await loadSchedules(client, [rota.doctorId], { start: 0, end: 0 })
  const { rotas: all = [], clinics = [] } = loaded.get(rota.doctorId)?.schedule ?? {}
  const rotas = all.filter(({ id }) => id !== rota.id)
  const row = toRow(rota)
  const places = clinic === undefined ? clinics : [...clinics.filter(({ id }) => id !== clinic.id), clinic]
  const clash = findClash(row, rotas, places)
  if (clash !== undefined) throw overlap(await rotaById(client, clash.id))
  mustBeFew(row, rotas)
}

/** Keeps the windows of a horizon of 120 days within one event. Throws SCHEDULING_LIMIT. */
function mustBeFew(row: RotaRow, rotas: readonly RotaRow[]): void {
  const limit = (detail: string, field: string) => {
    return new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { detail, field })
  }
  if (row.rule !== null && rotas.filter(({ rule }) => rule !== null).length >= MOST_RULES) {
    throw limit(`A doctor has at most ${MOST_RULES} rows by rules.`, 'rrule')
  }
  if (rowsBeside(row, rotas).length >= MOST_SHIFTS_A_DAY || rotas.length >= MOST_ROWS) {
    const detail = `A doctor has at most ${MOST_SHIFTS_A_DAY} shifts on a weekday and ${MOST_ROWS} rows in all.`
    throw limit(detail, 'weekday')
  }
}

function toRow(rota: NewRota): RotaRow {
  const effectiveTo = rota.effectiveTo === null ? null : dateOf(rota.effectiveTo)
  const rule = rota.rrule === null ? null : parseRule(rota.rrule)
  const except = rota.exdates.map(dateOf)
  return { ...rota, rule, except, effectiveFrom: dateOf(rota.effectiveFrom), effectiveTo }
}

function overlap(record: RotaRecord): ProblemError {
  const clash = writeRota(record)
  const { id, weekday, rrule, start, end, clinicId, effectiveFrom, effectiveTo } = clash
  const pattern = rrule === null ? `weekday ${String(weekday)}` : `rule ${rrule}`
  const dates = effectiveTo === null ? `from ${effectiveFrom} on` : `from ${effectiveFrom} to ${effectiveTo}`
  return new ProblemError(SchedulingErrors.SCHEDULING_ROTA_OVERLAP, {
    detail: `Row ${id} has ${pattern}, ${start}–${end} at clinic ${clinicId}, ${dates}.`,
    field: 'start',
    extra: { clash },
  })
}
