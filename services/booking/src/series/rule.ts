import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'

/** What makes a series: a first visit and a rule in words of RFC 5545, on the clocks of a zone. */
export interface SeriesRule {
  /** First visit; Unix seconds. */
  first: number
  /** Such as `FREQ=WEEKLY;INTERVAL=4;COUNT=12`. */
  rrule: string
  /** IANA name. */
  zone: string
}

export type Expanded = { starts: number[] } | { fault: 'invalid' | 'too-long' }

export const MOST_VISITS = 52
/** A year, and a day for leap years. */
const LONGEST_SECONDS = 366 * 86_400

const PART = /^(FREQ|INTERVAL|COUNT|UNTIL|BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|WKST)=[A-Z0-9,+-]{1,60}$/
const FREQUENT = /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)$/
const SMALL = /^(COUNT|INTERVAL)=[1-9]\d{0,2}$/

/**
 * The starts of a series in order, Unix seconds: the same time of day whatever clocks do. Days on which clocks skip that
 * time have no visit. A rule without an end, with parts we do not know, or finer than days is invalid; more than 52 visits
 * or more than a year is too long. However a rule is written, little work is done for it.
 */
export function expandRule({ first, rrule, zone }: SeriesRule): Expanded {
  if (!isBounded(rrule)) return { fault: 'invalid' }
  const dtstart = Temporal.Instant.fromEpochMilliseconds(first * 1_000).toZonedDateTimeISO(zone)
  const starts: number[] = []
  try {
    const rule = new RRuleTemporal({
      ...{ rruleString: `RRULE:${rrule}`, dtstart, tzid: zone },
      ...{ strict: true, maxIterations: 2_000, maxCandidateEvaluations: 20_000, cache: false },
    })
    rule.all((start) => {
      starts.push(start.epochMilliseconds / 1_000)
      return starts.length <= MOST_VISITS && (starts.at(-1) ?? 0) - first <= LONGEST_SECONDS
    })
  } catch {
    return { fault: 'invalid' }
  }
  if (starts.length === 0) return { fault: 'invalid' }
  const long = starts.length > MOST_VISITS || (starts.at(-1) ?? 0) - first > LONGEST_SECONDS
  return long ? { fault: 'too-long' } : { starts }
}

function isBounded(rrule: string): boolean {
  const parts = rrule.split(';')
  const names = parts.map((part) => part.split('=')[0])
  return (
    parts.every((part) => PART.test(part)) &&
    new Set(names).size === names.length &&
    parts.some((part) => FREQUENT.test(part)) &&
    (names.includes('COUNT') || names.includes('UNTIL')) &&
    parts.filter((part) => /^(COUNT|INTERVAL)=/.test(part)).every((part) => SMALL.test(part))
  )
}

/** True when a visit begins before the one before it has ended; `duration` in seconds. */
export function overlaps(starts: readonly number[], duration: number): boolean {
  const sorted = starts.toSorted((a, b) => a - b)
  return sorted.some((start, index) => index > 0 && start < (sorted[index - 1] ?? 0) + duration)
}
