import Holidays from 'date-holidays'

import { dateOf, DAY_MS, type EpochDay, formatDate, minutesOf, MINUTES_A_DAY } from './calendar.ts'
import type { Closure } from './schedule.ts'

/** Whose public holidays a clinic keeps. */
export interface HolidayCalendar {
  /** ISO 3166-1, such as BR. */
  country: string
  /** Of the country, such as ES; null: only what the whole country keeps. */
  region: string | null
  /** ISO 639-1, of the names; null: the country's own. */
  language: string | null
}

export interface Holiday {
  /** First and last date, both included. */
  from: EpochDay
  to: EpochDay
  /** Minute of the day from which it counts: some begin at noon. */
  start: number
  name: string
}

const DATE = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})/

/** Which part of a calendar is not known, or undefined when all of it is. */
export function calendarFault({ country, region }: HolidayCalendar): 'country' | 'region' | undefined {
  const all = new Holidays()
  if (!Object.hasOwn(all.getCountries(), country)) return 'country'
  // A country may have none, whatever the library's types say.
  if (region === null || Object.hasOwn({ ...all.getStates(country) }, region)) return undefined
  return 'region'
}

/** Computed once a year and calendar: it takes some ten milliseconds. There are few calendars in an installation. */
const known = new Map<string, readonly Holiday[]>()
const MOST_KNOWN = 500

/**
 * The public holidays that begin in a year, in order, as dates of the place's own calendar. Those that begin at
 * sunset the evening before are told by the date on which the day is free.
 */
export function holidaysOf(calendar: HolidayCalendar, year: number): readonly Holiday[] {
  const key = `${calendar.country} ${calendar.region ?? ''} ${calendar.language ?? ''} ${year}`
  const kept = known.get(key)
  if (kept !== undefined) return kept
  if (known.size >= MOST_KNOWN) known.clear()
  const computed = compute(calendar, year)
  known.set(key, computed)
  return computed
}

function compute({ country, region, language }: HolidayCalendar, year: number): Holiday[] {
  const options = { types: ['public' as const], ...(language === null ? {} : { languages: [language] }) }
  const library = region === null ? new Holidays(country, options) : new Holidays(country, region, options)
  return library.getHolidays(year).flatMap(({ date, start, end, name }) => {
    const [, day, time] = DATE.exec(date) ?? []
    if (day === undefined || time === undefined) return []
    const from = dateOf(day)
    // The library's instants are used for the length alone, in whole days: clocks may change on a holiday.
    const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS))
    return [{ from, to: from + days - 1, start: minutesOf(time), name: name.slice(0, 200) }]
  })
}

/**
 * The closures that follow from a clinic's calendar for the days of a range, both included; none for the dates on
 * which the clinic works all the same.
 */
export function holidayClosures(
  clinicId: string,
  { worked, ...calendar }: HolidayCalendar & { worked: readonly EpochDay[] },
  [first, last]: [EpochDay, EpochDay],
): Closure[] {
  // A long holiday may have begun at the end of the year before.
  const years = Array.from(
    { length: yearOf(last) - yearOf(first - 15) + 1 },
    (_, index) => yearOf(last) - index,
  )
  return years.toReversed().flatMap((year) => {
    return holidaysOf(calendar, year).flatMap((holiday) => {
      const days = daysOf(holiday, [first, last]).filter((day) => !worked.includes(day))
      return days.map((day) => closureOn(clinicId, day, holiday))
    })
  })
}

function daysOf({ from, to }: Holiday, [first, last]: [EpochDay, EpochDay]): EpochDay[] {
  const begin = Math.max(from, first)
  const length = Math.max(0, Math.min(to, last) - begin + 1)
  return Array.from({ length }, (_, index) => begin + index)
}

function closureOn(clinicId: string, day: EpochDay, { from, start, name }: Holiday): Closure {
  const times = { start: day === from ? start : 0, end: MINUTES_A_DAY }
  return { id: `${clinicId} ${formatDate(day)}`, clinicId, from: day, to: day, ...times, reason: name }
}

function yearOf(day: EpochDay): number {
  return Number(formatDate(day).slice(0, 4))
}
