import ical, {
  type ICalCalendar,
  type ICalCalendarMethod,
  type ICalEvent,
  type ICalEventData,
  ICalEventStatus,
} from 'ical-generator'
import { Temporal } from 'temporal-polyfill'

import { cleanLine, cleanText, nameable } from './text.ts'
import { uidOf } from './uid.ts'
import type { Interval, Person, Place, Visit, VisitStatus } from './visit.ts'
import { vtimezone } from './vtimezone.ts'
import { clockTime } from './wall-clock.ts'

const STATUS: Record<VisitStatus, ICalEventStatus> = {
  tentative: ICalEventStatus.TENTATIVE,
  confirmed: ICalEventStatus.CONFIRMED,
  cancelled: ICalEventStatus.CANCELLED,
}

/** An empty calendar that describes the zones of the visits it is to hold. */
export function calendarFor(visits: readonly Visit[], method: ICalCalendarMethod): ICalCalendar {
  const span = visits.reduce<Interval>(
    (all, { start, end }) => ({ start: Math.min(all.start, start), end: Math.max(all.end, end) }),
    { start: Infinity, end: -Infinity },
  )
  return ical({
    prodId: { company: 'Medqueue', product: 'Medqueue', language: 'EN' },
    method,
    timezone: { name: null, generator: (zone) => vtimezone(zone, span) },
  })
}

/** Puts the visit into the calendar. Throws RangeError when the organizer's address is none. */
export function addVisit(calendar: ICalCalendar, visit: Visit, organizer: Person): ICalEvent {
  const { start, end, zone, place } = visit
  const changedAt = instant(visit.changedAt)
  const data: ICalEventData = {
    id: uidOf(visit.appointmentId),
    sequence: visit.sequence,
    start: instant(start),
    end: instant(end),
    timezone: isPlain(start, zone) && isPlain(end, zone) ? zone : null,
    stamp: changedAt,
    lastModified: changedAt,
    status: STATUS[visit.status],
    summary: cleanLine(visit.title ?? 'Visit') || 'Visit',
    description: describe(visit),
    organizer: nameable(organizer),
  }
  return calendar.createEvent(place === undefined ? data : { ...data, location: locationOf(place) })
}

/**
 * False in an hour that the clocks repeat. RFC 5545 means the first pass, but readers differ (ical.js takes the second),
 * so such an instant is written in UTC instead.
 */
function isPlain(instantMs: number, zone: string): boolean {
  const wall = instant(instantMs).toZonedDateTimeISO(zone).toPlainDateTime()
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) => {
    return wall.toZonedDateTime(zone, { disambiguation }).epochMilliseconds
  })
  return earlier === later
}

/** Names the clinic's own time: a traveller's calendar shows its owner's. */
function describe({ start, zone, notes }: Visit): string {
  const when = `Time at the clinic: ${clockTime(start, zone)} (${zone})`
  const said = notes === undefined ? '' : cleanText(notes).trim()
  return said === '' ? when : `${when}\n\n${said}`
}

function locationOf({ name, address }: Place): string {
  return [name, address ?? ''].map(cleanLine).filter(Boolean).join(', ')
}

const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms)
