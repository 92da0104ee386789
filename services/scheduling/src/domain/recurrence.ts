import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'

import { DAY_MS, type EpochDay, formatDate, parseDate } from './calendar.ts'
import { PARTS, type RuleParts } from './rule-parts.ts'

/**
 * A rule of RFC 5545 that names dates: DAILY, WEEKLY or MONTHLY. It is read as dates, never as instants: what the
 * clocks do on a date is decided where times are laid on it. Counting starts at the row's first date.
 */
export interface Rule extends RuleParts {
  /** Last date, included. */
  until: EpochDay | null
}

/** Why a rule is refused, as a sentence. */
export class RuleFault extends Error {}

/** Occurrences that a rule may name with COUNT. */
const MOST_OCCURRENCES = 1_000
/** How far from the row's first date UNTIL may lie and COUNT counts; a rule must come at least once in it. */
const LONGEST_DAYS = 10 * 366

/** Reads a rule, with or without `RRULE:`. Throws RuleFault with what is wrong. */
export function parseRule(text: string): Rule {
  const rule: Rule = { freq: 'DAILY', until: null }
  const seen = new Set<string>()
  for (const part of text.replace(/^RRULE:/i, '').split(';')) {
    const [name = '', value = '', ...rest] = part.toUpperCase().split('=')
    if (seen.has(name)) throw new RuleFault(`${name} is said twice.`)
    seen.add(name)
    if (rest.length > 0) throw new RuleFault(`${part} cannot be read.`)
    if (name === 'UNTIL') rule.until = untilOf(value)
    else readPart(rule, name, value)
  }
  if (!seen.has('FREQ')) throw new RuleFault('FREQ is missing.')
  mustFit(rule)
  return rule
}

function readPart(rule: Rule, name: string, value: string): void {
  const read = PARTS.get(name)
  if (read === undefined) throw new RuleFault(`${name.slice(0, 20)} is not known here.`)
  const said = read(value)
  if (said === undefined) throw new RuleFault(`${name}=${value.slice(0, 40)} is not possible here.`)
  Object.assign(rule, said)
}

function untilOf(value: string): EpochDay {
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(value) ?? []
  const day = parseDate(`${year ?? ''}-${month ?? ''}-${date ?? ''}`)
  if (day === undefined) throw new RuleFault('UNTIL must be a date, such as 20271231.')
  return day
}

/** What RFC 5545 does not allow together, or does not say the meaning of: each with what is said of it. */
const FORBIDDEN: readonly [(rule: Rule) => boolean, string][] = [
  [({ count, until }) => count !== undefined && until !== null, 'COUNT and UNTIL exclude each other.'],
  [({ count = 1 }) => count > MOST_OCCURRENCES, `COUNT is more than ${MOST_OCCURRENCES}.`],
  [
    ({ freq, byDay = [] }) => freq !== 'MONTHLY' && byDay.some((day) => day.length > 2),
    'A numbered weekday, such as 1MO, needs FREQ=MONTHLY.',
  ],
  [
    ({ freq, byMonthDay }) => freq === 'WEEKLY' && byMonthDay !== undefined,
    'BYMONTHDAY does not go with FREQ=WEEKLY.',
  ],
  [
    ({ freq, bySetPos }) => bySetPos !== undefined && freq === 'DAILY',
    'BYSETPOS chooses among the days of a week or month: FREQ=DAILY has one.',
  ],
  [
    ({ byDay, byMonthDay, bySetPos }) => bySetPos !== undefined && (byDay ?? byMonthDay) === undefined,
    'BYSETPOS chooses among the days of BYDAY or BYMONTHDAY.',
  ],
]

function mustFit(rule: Rule): void {
  const [, fault] = FORBIDDEN.find(([isSo]) => isSo(rule)) ?? []
  if (fault !== undefined) throw new RuleFault(fault)
}

/** Throws RuleFault when the rule runs too far from the row's first date, or never comes. */
export function mustComeSoon(rule: Rule, from: EpochDay): void {
  if (rule.until !== null && rule.until - from > LONGEST_DAYS) {
    throw new RuleFault('UNTIL lies more than ten years after the first date.')
  }
  if (ruleDays(rule, from, [from, from + LONGEST_DAYS]).length === 0) {
    throw new RuleFault('No date of the next ten years fits.')
  }
}

/** The dates a rule names, counted from the first date of its row, within a span of days, both included. */
export function ruleDays(
  { until, ...parts }: Rule,
  from: EpochDay,
  [first, last]: [EpochDay, EpochDay],
): EpochDay[] {
  // However few its occurrences, a counted rule ends: looking for the last of them must not take for ever.
  const end = parts.count === undefined ? last : Math.min(last, from + LONGEST_DAYS)
  if (end < Math.max(first, from)) return []
  // Noon in UTC stands for the date: no clock change comes near.
  const recurrence = new RRuleTemporal({
    ...parts,
    dtstart: noon(from),
    tzid: 'UTC',
    cache: false,
    ...(until === null ? {} : { until: noon(until) }),
  })
  return recurrence.between(noon(Math.max(first, from)), noon(end), true).map(dayOf)
}

function noon(day: EpochDay): Temporal.ZonedDateTime {
  return Temporal.ZonedDateTime.from(`${formatDate(day)}T12:00[UTC]`)
}

function dayOf({ epochMilliseconds }: { epochMilliseconds: number }): EpochDay {
  return Math.floor(epochMilliseconds / DAY_MS)
}
