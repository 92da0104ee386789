import { hash } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import { appendEvents } from '@medqueue/messaging'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { answered, hasAnswers } from '../api/answered.ts'
import { type Booking } from '../api/booking.ts'
import { HOLD_SECONDS, type HoldDeps } from '../api/hold.ts'
import { stillProxied } from '../api/patient-of.ts'
import { takeBack } from '../api/take-back.ts'
import { eventOf } from '../api/tell.ts'
import { isDecision } from '../api/verdict.ts'
import type { Answers } from '../domain/answers.ts'
import { formatInstant } from '../domain/instants.ts'
import { BookingErrors } from '../errors.ts'
import { requestIdOf, saidOf } from '../intake/request-id.ts'
import { holdSlot } from '../store/hold-slot.ts'
import { lockPatient, lockPatientService } from '../store/lock-patient-service.ts'
import { findSeries, insertSeries, type SeriesRow } from '../store/series.ts'
import type { AskedSeries } from './asked.ts'
import { MOST_VISITS } from './rule.ts'
import { previewSeries } from './preview.ts'
import type { VisitOutcome } from './schemas.ts'

export interface SeriesDeps extends HoldDeps {
  book: Booking['book']
}

export interface SeriesCall {
  series: AskedSeries
  mode: 'all' | 'each'
  message: string | undefined
  /** The same for every visit. */
  answers: Answers | undefined
  caller: Caller
  /** The Idempotency-Key. */
  key: string
  waitMs: number
  traceparent: string
}

export interface BookedSeries {
  id: string
  visits: VisitOutcome[]
}

/**
 * Books a series. `each`: every visit is a request of its own in the queue, and has a result of its own. `all`: every
 * visit is held in one transaction, or none; then the holds are booked through the queue.
 *
 *   all:  hold all --one is refused--> nothing, 409      hold all --> book each --all decided--> answer
 *                                                         book each --one is refused--> cancel the others, 409
 *
 * Ids are derived from the key, so that a caller who asks again with it gets the same series and never a second one.
 * Throws BOOKING_KEY_REUSED, BOOKING_KEY_IN_FLIGHT, and BOOKING_SERIES_CLASH with what is to be said of each visit.
 */
export async function bookSeries(deps: SeriesDeps, call: SeriesCall): Promise<BookedSeries> {
  const row = rowOf(call)
  const known = await findSeries(deps.pool, row.id)
  if (known === undefined) {
    // Before anything is held; each visit is checked again.
    const order = { ...call.series, startSeconds: 0, answers: call.answers }
    if (hasAnswers(order, deps.catalogue())) await answered(deps, order, row.id)
    await begin(deps, call, row)
  }
  if (known !== undefined && known.fingerprint !== row.fingerprint) throw keyReused()
  const visits = await Promise.all(call.series.starts.map((_, index) => bookOne(deps, call, row.id, index)))
  const refused = visits.filter(({ status }) => status >= 400)
  if (refused.length === 0 || (call.mode === 'each' && refused.length < visits.length))
    return { id: row.id, visits }
  if (call.mode === 'all') await undo(deps, call)
  throw new ProblemError(BookingErrors.BOOKING_SERIES_CLASH, { extra: { visits } })
}

function rowOf({ series, mode, message = '', answers, key }: SeriesCall): SeriesRow {
  const { principalId, patientId, doctorId, serviceId, starts } = series
  const parts = [patientId, doctorId, serviceId, starts, mode, message, ...saidOf(answers)]
  const asked = JSON.stringify(parts)
  return {
    id: requestIdOf(principalId, `${key} series`),
    fingerprint: requestIdOf(principalId, hash('sha256', asked, 'hex')),
    principal_id: principalId,
    patient_id: patientId,
    doctor_id: doctorId,
    service_id: serviceId,
    mode,
    visits: starts.length,
  }
}

async function begin(deps: SeriesDeps, call: SeriesCall, row: SeriesRow): Promise<void> {
  if (call.mode === 'each') {
    await insertSeries(deps.pool, row)
    return
  }
  if (await holdAll(deps, call, row)) return
  const visits = await previewSeries(deps, call.series)
  throw new ProblemError(BookingErrors.BOOKING_SERIES_CLASH, { extra: { visits } })
}

/** An error that takes a transaction back and is nobody's fault. */
class NotAll extends Error {
  override readonly name = 'NotAll'
}

/** Holds every visit in one transaction; false when one cannot be held: then none is. */
async function holdAll(deps: SeriesDeps, call: SeriesCall, row: SeriesRow): Promise<boolean> {
  const { series, traceparent } = call
  try {
    await withTransaction(deps.pool, async (client) => {
      if (series.byProxy === true) await stillProxied(client, call.caller, series.patientId)
      await lockPatient(client, series.patientId, 'holds')
      await lockPatientService(client, series.patientId, series.serviceId)
      if (!(await insertSeries(client, row))) {
        // The same request, sent twice at once, was first; or another one under the same key.
        const first = await findSeries(client, row.id)
        if (first?.fingerprint !== row.fingerprint) throw keyReused()
        return
      }
      for (const [index, startSeconds] of series.starts.entries()) {
        const visit = { ...series, id: holdIdOf(call, index), startSeconds, seriesId: row.id }
        const made = await holdSlot(client, visit, HOLD_SECONDS, MOST_VISITS)
        if ('refusal' in made) throw new NotAll()
        await appendEvents(client, [eventOf(made, { ...deps, type: 'appointment.held', traceparent })])
      }
    })
  } catch (error) {
    if (error instanceof NotAll) return false
    throw error
  } finally {
    for (const start of series.starts) deps.availability.forget(series.doctorId, start)
  }
  return true
}

const holdIdOf = ({ series, key }: SeriesCall, index: number) =>
  requestIdOf(series.principalId, `${key} hold ${index}`)

/** One visit through the queue: under an id of its own, so that it is decided once. */
async function bookOne(
  deps: SeriesDeps,
  call: SeriesCall,
  seriesId: string,
  index: number,
): Promise<VisitOutcome> {
  const { series, mode, message, answers, key, waitMs, traceparent } = call
  const { principalId, starts, ...who } = series
  const startSeconds = starts[index] ?? 0
  const holdId = mode === 'all' ? holdIdOf(call, index) : undefined
  const start = formatInstant(startSeconds)
  try {
    const order = { ...who, startSeconds, message, answers, seriesId, holdId }
    const booked = await deps.book({ order, principalId, key: `${key} visit ${index}`, waitMs, traceparent })
    return booked.status === 'queued'
      ? { start, status: 202, requestId: booked.id }
      : { start, status: 201, appointment: booked }
  } catch (error) {
    if (!(error instanceof ProblemError) || !isDecision(error)) throw error
    const { code, title, status } = error.entry
    const { alternatives } = (error.extra ?? {}) as Pick<VisitOutcome, 'alternatives'>
    return { start, status, code, title, ...(alternatives === undefined ? {} : { alternatives }) }
  }
}

/** All or nothing: what was booked or is held of it is given back. */
async function undo(deps: SeriesDeps, call: SeriesCall): Promise<void> {
  const { caller, traceparent, series } = call
  const reason = 'The series could not be booked as a whole'
  for (const index of series.starts.keys())
    await takeBack(deps, { id: holdIdOf(call, index), byProxy: series.byProxy, caller, reason, traceparent })
}

const keyReused = () => new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
