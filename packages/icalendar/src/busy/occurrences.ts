import ICAL from 'ical.js'

import type { Interval } from '../visit.ts'
import type { Budget } from './budget.ts'
import { instantOf, wallOf } from './instants.ts'

/** Wall clocks and instants differ by less than this. */
const MARGIN_MS = 2 * 86_400_000

/** What an expansion needs to know besides the event. */
export interface Expansion {
  /** The owner's zone, for dates and times without a zone. */
  zone: string
  range: Interval
  /** Steps that are left for the whole calendar. */
  budget: Budget
}

/**
 * Starts of a repeating event that may matter to the range, as the event's zone has them: repetition rules and added
 * dates, without excluded ones. Stepped through on wall clocks, as the rules are meant, and only those near the range
 * become instants.
 */
export function startsOf(
  event: ICAL.Component,
  first: ICAL.Time,
  { zone, range, budget }: Expansion,
): number[] {
  const starts = new Set<number>()
  const add = (time: ICAL.Time) => starts.add(instantOf(time, zone))
  const near = { start: range.start - MARGIN_MS, end: range.end + MARGIN_MS }
  const isNear = (time: ICAL.Time) => wallOf(time) >= near.start && wallOf(time) < near.end

  if (isNear(first)) add(first)
  for (const rule of rulesOf(event)) {
    for (const wall of repeat(rule, first, { until: near.end, budget }))
      if (isNear(wall)) add(inZone(wall, first))
  }
  for (const time of timesOf(event, 'rdate')) {
    budget.take()
    if (isNear(time)) add(time)
  }
  for (const time of timesOf(event, 'exdate')) exclude(starts, time, { first, zone })
  return [...starts]
}

function rulesOf(event: ICAL.Component): ICAL.Recur[] {
  return event.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur)
}

function* repeat(
  rule: ICAL.Recur,
  first: ICAL.Time,
  { until, budget }: { until: number; budget: Budget },
): Generator<ICAL.Time> {
  const start = first.clone()
  start.zone = ICAL.Timezone.localTimezone
  const iterator = onWallClocks(rule, first).iterator(start)
  // `next` gives null at the end, which its types do not say.
  for (let time = iterator.next(); !iterator.completed; time = iterator.next()) {
    budget.take()
    if (wallOf(time) >= until) return
    if (isMeant(rule, first, time)) yield time
  }
}

const DAY_PARTS = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO']

/** False for what ical.js makes of a date that a year has not: a 29th of February becomes the 1st of March there. */
function isMeant(rule: ICAL.Recur, first: ICAL.Time, { month, day }: ICAL.Time): boolean {
  const parts = rule.parts as Partial<Record<string, number[]>>
  if (parts.BYMONTH !== undefined && !parts.BYMONTH.includes(month)) return false
  if (parts.BYMONTHDAY?.every((one) => one > 0) === true) return parts.BYMONTHDAY.includes(day)
  const byDate = rule.freq === 'YEARLY' || rule.freq === 'MONTHLY'
  return !byDate || day === first.day || DAY_PARTS.some((name) => parts[name] !== undefined)
}

/** The rule with its last time on the event's clocks: UNTIL is told in UTC when the event has a zone. */
function onWallClocks(rule: ICAL.Recur, first: ICAL.Time): ICAL.Recur {
  const wall = rule.clone()
  const until = rule.until
  if (until === null) return wall
  const there =
    until.isDate || until.zone !== ICAL.Timezone.utcTimezone ? until.clone() : until.convertToZone(first.zone)
  there.zone = ICAL.Timezone.localTimezone
  wall.until = there
  return wall
}

function inZone(wall: ICAL.Time, first: ICAL.Time): ICAL.Time {
  const time = wall.clone()
  time.zone = first.zone
  return time
}

function timesOf(event: ICAL.Component, name: string): ICAL.Time[] {
  return event.getAllProperties(name).flatMap((property) => {
    return property.getValues().map((value) => {
      return value instanceof ICAL.Period ? value.start : (value as ICAL.Time)
    })
  })
}

/** Takes away the start that is excluded; a date excludes whatever starts on it by the event's clocks. */
function exclude(
  starts: Set<number>,
  time: ICAL.Time,
  { first, zone }: { first: ICAL.Time; zone: string },
): void {
  if (!time.isDate || first.isDate) {
    starts.delete(instantOf(time, zone))
    return
  }
  const { year, month, day } = time
  const at = first.clone()
  Object.assign(at, { year, month, day })
  starts.delete(instantOf(at, zone))
}
