import { type Caller, ProblemError } from '@medqueue/service-kit'

import { instantOf } from '../api/instant.ts'
import { type ForPatient, patientOf, proxiedPatient } from '../api/patient-of.ts'
import { BookingErrors } from '../errors.ts'
import { plainRefusal, type RefusalDeps } from '../api/refusal.ts'
import { findVisitZone } from '../store/find-visit-zone.ts'
import { expandRule, MOST_VISITS, overlaps } from './rule.ts'
import type { SeriesBody } from './schemas.ts'

/** A series as asked for, with the start of each visit in order. */
export interface AskedSeries extends ForPatient {
  principalId: string
  doctorId: string
  serviceId: string
  /** Unix seconds. */
  starts: readonly number[]
}

const YEAR = 366 * 86_400

/**
 * The visits that a body asks for. Throws BOOKING_FOR_OTHERS, BOOKING_DOCTOR_UNKNOWN, BOOKING_SERVICE_UNKNOWN,
 * BOOKING_INSTANT_INVALID, BOOKING_SERIES_RULE_INVALID, BOOKING_SERIES_TOO_LONG, BOOKING_SERIES_OVERLAPS.
 */
export async function askedSeries(deps: RefusalDeps, caller: Caller, body: SeriesBody): Promise<AskedSeries> {
  const { doctorId, serviceId } = body
  const patient =
    patientOf(caller, body.patientId) ?? (await proxiedPatient(deps.pool, caller, body.patientId))
  const { doctors, services } = deps.catalogue()
  if (!doctors.has(doctorId)) throw plainRefusal('doctor_unknown')
  const service = services.get(serviceId)
  if (service === undefined) throw plainRefusal('service_unknown')
  const starts = await startsOf(deps, body)
  if (overlaps(starts, service.duration))
    throw new ProblemError(BookingErrors.BOOKING_SERIES_OVERLAPS, { field: 'starts' })
  return { principalId: caller.id, ...patient, doctorId, serviceId, starts }
}

async function startsOf(deps: RefusalDeps, { doctorId, rule, starts }: SeriesBody): Promise<number[]> {
  // Exactly one of the two.
  if ((rule === undefined) === (starts === undefined))
    throw new ProblemError(BookingErrors.BOOKING_SERIES_RULE_INVALID, { field: 'rule' })
  if (rule === undefined) return listed(starts ?? [])
  const first = instantOf(rule.first, 'rule.first')
  const zone = await findVisitZone(deps.pool, doctorId, first)
  if (zone === undefined) throw plainRefusal('outside_window')
  const expanded = expandRule({ first, rrule: rule.rrule, zone })
  if ('starts' in expanded) return expanded.starts
  throw expanded.fault === 'invalid'
    ? new ProblemError(BookingErrors.BOOKING_SERIES_RULE_INVALID, { field: 'rule.rrule' })
    : tooLong('rule.rrule')
}

function listed(texts: readonly string[]): number[] {
  const starts = texts.map((text, index) => instantOf(text, `starts.${index}`)).sort((a, b) => a - b)
  const [first = 0] = starts
  if (starts.length > MOST_VISITS || (starts.at(-1) ?? 0) - first > YEAR) throw tooLong('starts')
  return starts
}

const tooLong = (field: string) => new ProblemError(BookingErrors.BOOKING_SERIES_TOO_LONG, { field })
