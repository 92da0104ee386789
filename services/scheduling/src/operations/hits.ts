import { withTransaction } from '@medqueue/database'
import type pg from 'pg'

import type { Core } from '../core.ts'
import { DAY_MS } from '../domain/calendar.ts'
import { expand, LONGEST_WINDOW_MS } from '../domain/expand.ts'
import { spanOf, visitsIn, visitsOutside } from '../domain/hits.ts'
import { difference, type Interval, type Piece } from '../domain/intervals.ts'
import { listVisits } from '../store/list-visits.ts'
import { loadSchedules } from '../store/load-schedules.ts'
import type { VisitRecord } from '../store/records.ts'

/** What came of a change, and the future visits that it leaves without a window. */
export interface Changed<T> {
  result: T
  /** The soonest first. */
  hits: VisitRecord[]
}

/** Whose schedules a change may touch, and when. */
export interface Reach {
  /** Null: every doctor's. */
  doctorIds: readonly string[] | null
  /** Window starts that may change; all of the future when not given. */
  range?: Interval
}

/** Visits further ahead than this are looked at again when schedules change then. */
const FAR_MS = 3 * 366 * DAY_MS

/** Makes a change inside the caller's transaction and says which visits it hits. */
export async function withHits<T>(
  client: pg.ClientBase,
  core: Core,
  { doctorIds, range }: Reach,
  change: () => Promise<T>,
): Promise<Changed<T>> {
  const visits = await visitsAround(client, core, doctorIds, range)
  if (visits.length === 0) return { result: await change(), hits: [] }
  const before = await windowsAround(client, visits)
  const result = await change()
  const after = await windowsAround(client, visits)
  const byDoctor = Map.groupBy(visits, (visit) => visit.doctorId)
  const hit = [...byDoctor].flatMap(([id, own]) => {
    return visitsIn(own, difference(before.get(id) ?? [], after.get(id) ?? []))
  })
  return { result, hits: soonestFirst(hit) }
}

/** The future visits in windows that start in a range, or in all of the future; null: of every doctor. */
export async function visitsAround(
  client: pg.ClientBase | pg.Pool,
  core: Core,
  doctorIds: readonly string[] | null,
  range?: Interval,
): Promise<VisitRecord[]> {
  const now = core.now()
  const from = Math.max(now, range?.start ?? now)
  const to = range === undefined ? now + FAR_MS : range.end + LONGEST_WINDOW_MS
  return from < to ? listVisits(client, { doctorIds, from, to }) : []
}

/** The future visits of these doctors that lie in no window, whatever took it away: nobody is forgotten. */
export async function openHits(core: Core, doctorIds: readonly string[]): Promise<VisitRecord[]> {
  const visits = await visitsAround(core.pool, core, doctorIds)
  const windows = await windowsAround(core.pool, visits)
  const byDoctor = Map.groupBy(visits, (visit) => visit.doctorId)
  return soonestFirst([...byDoctor].flatMap(([id, own]) => visitsOutside(own, windows.get(id) ?? [])))
}

/** The windows of each visit's doctor around all visits, by doctor. */
async function windowsAround(
  client: pg.ClientBase | pg.Pool,
  visits: readonly VisitRecord[],
): Promise<Map<string, Piece[]>> {
  const span = spanOf(visits)
  if (span === undefined) return new Map()
  const range = { start: span.start - LONGEST_WINDOW_MS, end: span.end }
  const ids = [...new Set(visits.map(({ doctorId }) => doctorId))]
  const loaded = await loadSchedules(client, ids, range)
  return new Map([...loaded].map(([id, { schedule }]) => [id, expand(schedule, range)]))
}

function soonestFirst(visits: VisitRecord[]): VisitRecord[] {
  return visits.sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
}

class Trial<T> extends Error {
  readonly result: T

  constructor(result: T) {
    super('nothing is kept of a trial')
    this.result = result
  }
}

/** A transaction that is committed; or, when only tried, gives the same answer and leaves nothing behind. */
export async function committedUnless<T>(
  dryRun: boolean,
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  if (!dryRun) return withTransaction(pool, work)
  try {
    return await withTransaction(pool, async (client) => {
      throw new Trial(await work(client))
    })
  } catch (error) {
    if (error instanceof Trial) return error.result as T
    throw error
  }
}
