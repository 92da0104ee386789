import { createHash } from 'node:crypto'

import { feed, type Visit } from '@medqueue/icalendar'
import { ProblemError } from '@medqueue/service-kit'

import { DAY_MS } from '../domain/calendar.ts'
import { SchedulingErrors } from '../errors.ts'
import type { Calendars } from './deps.ts'
import { noFeed } from './feeds.ts'
import { findFeed } from './store/find-feed.ts'
import { listVisits, type VisitRecord } from './store/list-visits.ts'
import type { FeedRecord } from './store/records.ts'
import { hashOf, isToken } from './token.ts'

/** How far a feed reaches back and ahead, in days. */
export const DAYS_BACK = 30
const DAYS_AHEAD = 366
/** A doctor with 40 visits on every working day of a year has some 10,000. */
const MOST_VISITS = 12_000
/** Seconds after which calendars are asked to look again. */
export const REFRESH_SECONDS = 900

export interface FeedText {
  body: string
  /** Changes when the text does. */
  etag: string
}

/**
 * The calendar behind a secret. Throws NOT_FOUND for every secret that opens nothing, and SCHEDULING_LIMIT rather than
 * leave visits out.
 */
export async function readFeed({ core, organizer }: Calendars, token: string): Promise<FeedText> {
  const record = isToken(token) ? await findFeed(core.pool, hashOf(token)) : undefined
  if (record === undefined) throw noFeed()
  const today = Math.floor(core.now() / DAY_MS) * DAY_MS
  const visits = await listVisits(core.pool, {
    ownerId: record.ownerId,
    part: record.part,
    from: new Date(today - DAYS_BACK * DAY_MS),
    to: new Date(today + DAYS_AHEAD * DAY_MS),
    limit: MOST_VISITS + 1,
  })
  if (visits.length > MOST_VISITS) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, {
      detail: `A feed holds ${MOST_VISITS} visits at most.`,
    })
  }
  const shown = visits.map((visit) => toVisit(visit, record))
  const body = feed(shown, { name: 'Medqueue', refreshSeconds: REFRESH_SECONDS, organizer })
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` }
}

/** Where, only if the owner wants that said: the name of a clinic can tell what somebody has. */
function toVisit(
  { place, city, start, end, changedAt, ...visit }: VisitRecord,
  { places }: FeedRecord,
): Visit {
  const instants = { start: start.getTime(), end: end.getTime(), changedAt: changedAt.getTime() }
  return { ...visit, ...instants, ...(places ? { place: { name: place, address: city } } : {}) }
}
