import ICAL from 'ical.js'

import type { Interval } from '../visit.ts'
import { vtimezone } from '../vtimezone.ts'
import { createBudget } from './budget.ts'
import { BusyError } from './errors.ts'
import { busyOf, type Series } from './event.ts'
import { instantOf, isZone } from './instants.ts'
import { BUSY_LIMITS, type BusyLimits } from './limits.ts'

/** Whose busy times are asked for, and when. */
export interface BusyQuestion {
  /** Zone of the calendar's owner: for whole days, and for times without a zone. */
  zone: string
  range: Interval
  /** True for events that are not to count, by their UID. */
  ignores?: (uid: string) => boolean
  limits?: BusyLimits
}

/**
 * When the owner of an outside calendar is taken: whole minutes, sorted, apart from each other, inside the range. Cancelled events,
 * events marked as free and those without length do not count; a single event that cannot be understood counts as
 * nothing. Throws BusyError when the text is no calendar or more than the limits: never a shorter answer. It does not
 * bound the time it takes; run it where it can be stopped.
 */
export function busyTimes(ics: string, question: BusyQuestion): Interval[] {
  const { zone, range, ignores, limits = BUSY_LIMITS } = question
  if (ics.length > limits.characters) throw new BusyError('too_long')
  const calendars = parse(ics).filter(({ name }) => name === 'vcalendar')
  if (calendars.length === 0) throw new BusyError('not_a_calendar')
  const counted = calendars.flatMap((calendar) => [
    ...calendar.getAllSubcomponents('vevent'),
    ...calendar.getAllSubcomponents('vfreebusy'),
  ])
  if (counted.length > limits.events) throw new BusyError('too_many_events')

  const budget = createBudget(limits.occurrences, 'too_many_occurrences')
  const found: Interval[] = []
  const add = (interval: Interval) => {
    const start = Math.max(wholeMinute(interval.start, Math.floor), range.start)
    const end = Math.min(wholeMinute(interval.end, Math.ceil), range.end)
    if (start < end) found.push({ start, end })
  }
  for (const calendar of calendars) {
    describeNamedZones(calendar, range)
    if (String(calendar.getFirstPropertyValue('method')).toUpperCase() === 'CANCEL') continue
    for (const series of seriesIn(calendar, ignores)) {
      tolerant(() => {
        for (const interval of busyOf(series, { zone, range, budget })) add(interval)
      })
    }
    for (const part of calendar.getAllSubcomponents('vfreebusy'))
      tolerant(() => freeBusy(part, zone).forEach(add))
  }
  const joined = joinOverlapping(found)
  if (joined.length > limits.intervals) throw new BusyError('too_many_occurrences')
  return joined
}

function parse(ics: string): ICAL.Component[] {
  try {
    const parsed = ICAL.parse(ics) as unknown[]
    // One calendar comes as itself, several as a list.
    const all = typeof parsed[0] === 'string' ? [parsed] : parsed
    return all.map((part) => new ICAL.Component(part as string[]))
  } catch (error) {
    throw new BusyError('not_a_calendar', { cause: error })
  }
}

/** One event that nobody can read is no reason to forget the others; reaching a limit is. */
function tolerant(read: () => void): void {
  try {
    read()
  } catch (error) {
    if (error instanceof BusyError) throw error
  }
}

/** Adds a description for each IANA zone that the calendar names without describing it. */
function describeNamedZones(calendar: ICAL.Component, range: Interval): void {
  const named = new Set<string>()
  for (const event of calendar.getAllSubcomponents('vevent')) {
    for (const property of event.getAllProperties()) {
      const tzid = property.getFirstParameter('tzid') as string | undefined
      if (tzid !== undefined) named.add(tzid)
    }
  }
  for (const tzid of named) {
    const described = calendar.getAllSubcomponents('vtimezone').some((zone) => {
      return zone.getFirstPropertyValue('tzid') === tzid
    })
    if (described || !isZone(tzid)) continue
    calendar.addSubcomponent(new ICAL.Component(ICAL.parse(vtimezone(tzid, range)) as string[]))
  }
}

function seriesIn(calendar: ICAL.Component, ignores: BusyQuestion['ignores']): Iterable<Series> {
  const byUid = new Map<string, Series>()
  for (const event of calendar.getAllSubcomponents('vevent')) {
    const uid = (event.getFirstPropertyValue('uid') as string | null) ?? `none ${byUid.size}`
    if (ignores?.(uid) === true) continue
    const known = byUid.get(uid)
    const series = known ?? { master: undefined, changed: [] }
    if (known === undefined) byUid.set(uid, series)
    if (event.hasProperty('recurrence-id')) series.changed.push(event)
    else if (series.master === undefined) series.master = event
    // Two events that claim one UID are both believed.
    else byUid.set(`${uid} ${byUid.size}`, { master: event, changed: [] })
  }
  return byUid.values()
}

function freeBusy(part: ICAL.Component, zone: string): Interval[] {
  return part.getAllProperties('freebusy').flatMap((property) => {
    if (/^free$/i.test(property.getFirstParameter('fbtype'))) return []
    return (property.getValues() as ICAL.Period[]).map((period) => {
      return { start: instantOf(period.start, zone), end: instantOf(period.getEnd(), zone) }
    })
  })
}

function wholeMinute(instantMs: number, round: (minutes: number) => number): number {
  return round(instantMs / 60_000) * 60_000
}

function joinOverlapping(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = []
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else joined.push({ start, end })
  }
  return joined
}
