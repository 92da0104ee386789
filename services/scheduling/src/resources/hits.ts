import { Instant, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatInstant } from '../domain/calendar.ts'
import type { Changed } from '../operations/hits.ts'
import type { VisitRecord } from '../store/records.ts'

/** Hits written out in one answer; `GET /v1/schedule-hits` has all of them. */
const MOST_WRITTEN = 500

/** A visit that lies in no window any more. */
export const Hit = Type.Object({
  appointmentId: Uuid,
  doctorId: Uuid,
  clinicId: Uuid,
  start: Instant,
  end: Instant,
})
export type Hit = Static<typeof Hit>

/** Query of every change of a schedule. */
export const ChangeQuery = strictObject({
  dryRun: Type.Boolean({ default: false, description: 'Only say what it would hit; nothing is kept' }),
})

/** What every change of a schedule answers besides what it is about. */
export const hitFields = {
  dryRun: Type.Boolean(),
  hits: Type.Array(Hit, {
    maxItems: MOST_WRITTEN,
    description: `The soonest ${MOST_WRITTEN} of the active future appointments that the change leaves without a window`,
  }),
  hitCount: Type.Integer({ minimum: 0, description: 'How many there are in all' }),
}
export const Hits = Type.Object(hitFields)

export function writeHit({ id, doctorId, clinicId, start, end }: VisitRecord): Hit {
  return { appointmentId: id, doctorId, clinicId, start: formatInstant(start), end: formatInstant(end) }
}

/** The hits of a change as callers see them. */
export function writeHits({ hits }: Pick<Changed<unknown>, 'hits'>, dryRun: boolean): Static<typeof Hits> {
  return { dryRun, hits: hits.slice(0, MOST_WRITTEN).map(writeHit), hitCount: hits.length }
}
