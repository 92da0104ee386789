import { type Caller, ProblemError } from '@medqueue/service-kit'

import { ownAccess, proxyAccess, shownTo } from '../api/access.ts'
import { changeAppointment } from '../api/change.ts'
import type { HoldDeps } from '../api/hold.ts'
import { move } from '../api/move.ts'
import { appointmentView } from '../api/views.ts'
import { shiftBetween, shifted } from '../domain/clinic-day.ts'
import { formatInstant } from '../domain/instants.ts'
import { MOVABLE } from '../domain/life-cycle.ts'
import { BookingErrors } from '../errors.ts'
import type { AppointmentRow } from '../store/appointments.ts'
import { findProxy } from '../store/find-proxy.ts'
import { listClinics } from '../store/list-clinics.ts'
import { findSeries, listSeriesVisits, type SeriesRow } from '../store/series.ts'
import type { Scope, VisitOutcome } from './schemas.ts'

export interface SeriesChange {
  seriesId: string
  scope: Scope
  /** The visit meant, or the first one. */
  appointmentId: string | undefined
  caller: Caller
  traceparent: string
}

export interface SeriesMove extends SeriesChange {
  appointmentId: string
  /** Where the visit meant goes; Unix seconds. The others are shifted likewise on the clinic's clocks. */
  startSeconds: number
  doctorId: string | undefined
}

/** A series the caller takes part in, with its visits. Throws BOOKING_SERIES_NOT_FOUND. */
export async function readSeries(
  { pool }: Pick<HoldDeps, 'pool'>,
  id: string,
  caller: Caller,
): Promise<{ series: SeriesRow; visits: AppointmentRow[] }> {
  const [series, visits] = await Promise.all([findSeries(pool, id), listSeriesVisits(pool, id)])
  if (series === undefined) throw new ProblemError(BookingErrors.BOOKING_SERIES_NOT_FOUND)
  const own = visits.filter((visit) => ownAccess(caller, visit) !== undefined)
  if (own.length > 0 || ownAccess(caller, series) !== undefined) return { series, visits: own }
  const access = await proxyAccess(pool, caller, series, findProxy)
  if (access === undefined) throw new ProblemError(BookingErrors.BOOKING_SERIES_NOT_FOUND)
  return { series, visits: visits.map((visit) => shownTo(access, visit)) }
}

/** Cancels visits of a series, each with a result of its own. Those that are over, or begun, are left as they are. */
export async function cancelSeries(
  deps: HoldDeps,
  change: SeriesChange & { reason: string | undefined },
): Promise<VisitOutcome[]> {
  const { caller, reason, traceparent } = change
  const outcomes: VisitOutcome[] = []
  for (const row of await meant(deps, change))
    outcomes.push(
      await outcomeOf(row, () =>
        changeAppointment(deps, {
          id: row.id,
          action: 'cancel',
          caller,
          reason,
          expected: undefined,
          traceparent,
        }),
      ),
    )
  return outcomes
}

/**
 * Moves visits of a series, each in a transaction of its own and with a result of its own: what cannot be moved stays
 * where it is. Visits go in the order in which none is in the way of another.
 */
export async function moveSeries(deps: HoldDeps, change: SeriesMove): Promise<VisitOutcome[]> {
  const { caller, doctorId, traceparent } = change
  const rows = await meant(deps, change)
  const anchor = rows.find(({ id }) => id === change.appointmentId)
  if (anchor === undefined) throw new ProblemError(BookingErrors.BOOKING_SERIES_NOT_FOUND)
  const [clinic] = await listClinics(deps.pool, [anchor.clinic_id])
  const zone = clinic?.zone ?? 'UTC'
  const from = Number(anchor.starts)
  const shift = shiftBetween(from, change.startSeconds, zone)
  const ordered = change.startSeconds > from ? rows.toReversed() : rows
  const outcomes: VisitOutcome[] = []
  for (const row of ordered) {
    const to = row.id === anchor.id ? change.startSeconds : shifted(Number(row.starts), shift, zone)
    const wish = {
      id: row.id,
      caller,
      doctorId,
      serviceId: undefined,
      overbook: undefined,
      expected: undefined,
    }
    outcomes.push(
      await outcomeOf(row, async () => {
        if (to === undefined) throw new ProblemError(BookingErrors.BOOKING_OUTSIDE_WINDOW)
        return move(deps, { ...wish, startSeconds: to, traceparent })
      }),
    )
  }
  return outcomes.sort((a, b) => (a.start < b.start ? -1 : 1))
}

/** The visits that a change is about, by start. Throws BOOKING_SERIES_NOT_FOUND. */
async function meant(
  deps: HoldDeps,
  { seriesId, scope, appointmentId, caller }: SeriesChange,
): Promise<AppointmentRow[]> {
  const { visits } = await readSeries(deps, seriesId, caller)
  const open = visits.filter(({ status }) => MOVABLE.has(status))
  if (scope === 'all' && appointmentId === undefined) return open
  const one = visits.find(({ id }) => id === appointmentId)
  if (one === undefined)
    throw new ProblemError(BookingErrors.BOOKING_SERIES_NOT_FOUND, { field: 'appointmentId' })
  if (scope === 'this') return [one]
  return scope === 'all' ? open : open.filter(({ starts }) => Number(starts) >= Number(one.starts))
}

/** `start` is where the visit was. */
async function outcomeOf(row: AppointmentRow, work: () => Promise<AppointmentRow>): Promise<VisitOutcome> {
  const start = formatInstant(Number(row.starts))
  try {
    return { start, status: 200, appointment: appointmentView(await work()) }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const { status, code, title } = error.entry
    const { alternatives } = (error.extra ?? {}) as Pick<VisitOutcome, 'alternatives'>
    const told = { code, title, ...(alternatives === undefined ? {} : { alternatives }) }
    return { start, status, appointment: appointmentView(row), ...told }
  }
}
