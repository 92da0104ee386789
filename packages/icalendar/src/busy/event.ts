import ICAL from 'ical.js'

import type { Interval } from '../visit.ts'
import { instantOf } from './instants.ts'
import { type Expansion, startsOf } from './occurrences.ts'

/** An event of an outside calendar with the changes made to single ones of its repetitions. */
export interface Series {
  /** The repeating event; undefined when a calendar holds changed repetitions only. */
  master: ICAL.Component | undefined
  changed: ICAL.Component[]
}

/** When a series takes its owner's time. Unreadable parts count as nothing; see `busyTimes`. */
export function* busyOf({ master, changed }: Series, expansion: Expansion): Generator<Interval> {
  const { zone } = expansion
  const moved = new Set(changed.map((event) => recurrenceOf(event, zone)))
  const shift = shiftOf(changed, zone)
  if (master !== undefined && takesTime(master)) {
    const whole = spanOf(master, zone)
    for (const start of whole === undefined ? [] : startsIn(master, expansion)) {
      if (!moved.has(start) && whole !== undefined) yield shift(start, whole.lasts(start))
    }
  }
  for (const event of changed) {
    const span = takesTime(event) ? spanOf(event, zone) : undefined
    if (span !== undefined) yield { start: span.start, end: span.end }
  }
}

/** Cancelled events, and those marked as free, take nobody's time. */
function takesTime(event: ICAL.Component): boolean {
  const says = (name: string) => String(event.getFirstPropertyValue(name) ?? '').toUpperCase()
  return (
    says('status') !== 'CANCELLED' &&
    says('transp') !== 'TRANSPARENT' &&
    says('x-microsoft-cdo-busystatus') !== 'FREE'
  )
}

function startsIn(event: ICAL.Component, expansion: Expansion): number[] {
  const first = event.getFirstPropertyValue('dtstart') as ICAL.Time
  const span = spanOf(event, expansion.zone)
  const length = span === undefined ? 0 : span.end - span.start
  const range = { start: expansion.range.start - length, end: expansion.range.end }
  return startsOf(event, first, { ...expansion, range })
}

interface Span extends Interval {
  /** The end of a repetition that starts at an instant. */
  lasts: (start: number) => Interval
}

/** From when to when the event is, by its own first time; undefined when it has no length. */
function spanOf(event: ICAL.Component, zone: string): Span | undefined {
  const first = event.getFirstPropertyValue('dtstart')
  if (!(first instanceof ICAL.Time)) return undefined
  const start = instantOf(first, zone)
  const last = endOf(event, first)
  const end = instantOf(last, zone)
  if (end <= start) return undefined
  return { start, end, lasts: (from) => ({ start: from, end: from + (end - start) }) }
}

function endOf(event: ICAL.Component, first: ICAL.Time): ICAL.Time {
  const end = event.getFirstPropertyValue('dtend')
  if (end instanceof ICAL.Time) return end
  const duration = event.getFirstPropertyValue('duration')
  const last = first.clone()
  if (duration instanceof ICAL.Duration) last.addDuration(duration)
  else if (first.isDate) last.addDuration(ICAL.Duration.fromData({ days: 1 }))
  return last
}

function recurrenceOf(event: ICAL.Component, zone: string): number | undefined {
  const id = event.getFirstPropertyValue('recurrence-id')
  return id instanceof ICAL.Time ? instantOf(id, zone) : undefined
}

/** Moves repetitions as the last change "this and all following" before them says. */
function shiftOf(changed: readonly ICAL.Component[], zone: string) {
  const following = changed.flatMap((event) => {
    const from = recurrenceOf(event, zone)
    const range = event.getFirstProperty('recurrence-id')?.getFirstParameter('range')
    const span = spanOf(event, zone)
    if (range !== 'THISANDFUTURE' || from === undefined || span === undefined) return []
    return [{ from, by: span.start - from, length: span.end - span.start }]
  })
  following.sort((a, b) => b.from - a.from)
  return (start: number, usual: Interval): Interval => {
    const change = following.find(({ from }) => from < start)
    if (change === undefined) return usual
    return { start: start + change.by, end: start + change.by + change.length }
  }
}
