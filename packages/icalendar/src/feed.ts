import { ICalCalendarMethod } from 'ical-generator'

import { addVisit, calendarFor } from './calendar.ts'
import type { Person, Visit } from './visit.ts'
import { vtimezone } from './vtimezone.ts'

const END = 'END:VCALENDAR'

export interface FeedOptions {
  /** What the calendar calls itself. Our own words, never somebody's. */
  name: string
  /** Seconds after which a calendar may ask again. */
  refreshSeconds: number
  /** Who publishes it: RFC 5546 wants one on every visit. */
  organizer: Person
}

/**
 * Visits to subscribe to, as one calendar. The same visits give the same text, so that a reader who has it already
 * need not be sent it again. It says what each visit says of itself: leave titles and notes out to tell nobody more
 * than when and where.
 */
export function feed(visits: readonly Visit[], { name, refreshSeconds, organizer }: FeedOptions): string {
  const calendar = calendarFor(visits, ICalCalendarMethod.PUBLISH)
  calendar.x([['X-WR-CALNAME', name]])
  calendar.ttl(refreshSeconds)
  for (const visit of visits) addVisit(calendar, visit, organizer)
  const text = `${calendar.toString()}\r\n`
  // A calendar without any component is none (RFC 5545, 3.6), and some programs drop the subscription.
  return visits.length === 0 ? text.replace(END, `${vtimezone('UTC', { start: 0, end: 0 })}\r\n${END}`) : text
}
