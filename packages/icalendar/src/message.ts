import { ICalAttendeeRole, ICalAttendeeStatus, ICalCalendarMethod } from 'ical-generator'

import { addVisit, calendarFor } from './calendar.ts'
import { nameable } from './text.ts'
import type { Person, Visit } from './visit.ts'

/** What the receiver is to do with a message (RFC 5546); `PUBLISH` only shows. */
export type Method = 'REQUEST' | 'CANCEL' | 'PUBLISH'

/** A message about one visit. Mail carries the body in a part whose content type names the same method (RFC 6047). */
export interface CalendarMessage {
  method: Method
  contentType: string
  /** iCalendar, lines ended by CRLF. */
  body: string
}

/** Who a message is from, and who is asked to come. */
export interface Parties {
  organizer: Person
  attendees: readonly Person[]
}

/** `text/calendar` with the method: mail programs look there before they look inside. */
export function contentTypeOf(method: Method): string {
  return `text/calendar; method=${method}; charset=utf-8`
}

/** Asks the attendees to the visit. Throws RangeError for a cancelled visit, or an address that is none. */
export function invitation(visit: Visit, parties: Parties): CalendarMessage {
  if (visit.status === 'cancelled') throw new RangeError('nobody is invited to a cancelled visit')
  return message('REQUEST', visit, parties)
}

/** Tells of a change: the same UID, a higher sequence. Throws as above, and when nothing has changed yet. */
export function update(visit: Visit, parties: Parties): CalendarMessage {
  if (visit.sequence < 1) throw new RangeError('an update follows a change, so its sequence is at least 1')
  return invitation(visit, parties)
}

/** Takes the visit out of the attendees' calendars. Throws RangeError when it is not cancelled, or as above. */
export function cancellation(visit: Visit, parties: Parties): CalendarMessage {
  if (visit.status !== 'cancelled') throw new RangeError('only a cancelled visit is called off')
  if (visit.sequence < 1) throw new RangeError('a cancellation is a change, so its sequence is at least 1')
  return message('CANCEL', visit, parties)
}

/** The visit by itself, for somebody who takes it into a calendar: nobody is asked to answer. */
export function publication(visit: Visit, organizer: Person): CalendarMessage {
  return message('PUBLISH', visit, { organizer, attendees: [] })
}

function message(method: Method, visit: Visit, { organizer, attendees }: Parties): CalendarMessage {
  const calendar = calendarFor([visit], ICalCalendarMethod[method])
  const event = addVisit(calendar, visit, organizer)
  for (const attendee of attendees) {
    event.createAttendee({
      ...nameable(attendee),
      role: ICalAttendeeRole.REQ,
      status: method === 'CANCEL' ? ICalAttendeeStatus.DECLINED : ICalAttendeeStatus.NEEDSACTION,
      rsvp: method === 'REQUEST',
    })
  }
  return { method, contentType: contentTypeOf(method), body: `${calendar.toString()}\r\n` }
}
