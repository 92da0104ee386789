import { type EpochDay, formatDate, weekdayOf } from '../../src/domain/calendar.ts'
import type { Rule } from '../../src/domain/recurrence.ts'

const NAMES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

type Parts = [year: number, month: number, date: number]

/** Keeps what it was asked before: slow is meant to be plain, not to be endless. */
function kept<T>(compute: (day: EpochDay) => T): (day: EpochDay) => T {
  const known = new Map<EpochDay, T>()
  return (day) => {
    const value = known.get(day) ?? compute(day)
    known.set(day, value)
    return value
  }
}

const partsOf = kept((day) => formatDate(day).split('-').map(Number) as Parts)
const monthOf = (day: EpochDay) => partsOf(day)[0] * 12 + partsOf(day)[1] - 1

/** Every day of the day's month, by walking from it in both directions. */
const daysOfMonth = kept((day) => {
  const days: EpochDay[] = []
  for (let one = day - partsOf(day)[2] + 1; monthOf(one) === monthOf(day); one++) days.push(one)
  return days
})

function weekOf(day: EpochDay, wkst: string): EpochDay[] {
  const first = day - ((weekdayOf(day) - 1 - NAMES.indexOf(wkst) + 7) % 7)
  return [0, 1, 2, 3, 4, 5, 6].map((offset) => first + offset)
}

function isNamed(day: EpochDay, name: string): boolean {
  if (!name.endsWith(NAMES[weekdayOf(day) - 1] ?? '')) return false
  const number = Number(name.slice(0, -2))
  if (number === 0) return true
  const same = daysOfMonth(day).filter((one) => weekdayOf(one) === weekdayOf(day))
  return same.at(number > 0 ? number - 1 : number) === day
}

function fitsDay(day: EpochDay, rule: Rule, from: EpochDay): boolean {
  const [, month, date] = partsOf(day)
  const length = daysOfMonth(day).length
  if (rule.byMonth !== undefined && !rule.byMonth.includes(month)) return false
  if (rule.byMonthDay !== undefined) {
    return (
      rule.byMonthDay.some((one) => (one > 0 ? one === date : length + one + 1 === date)) &&
      (rule.byDay === undefined || rule.byDay.some((name) => isNamed(day, name)))
    )
  }
  if (rule.byDay !== undefined) return rule.byDay.some((name) => isNamed(day, name))
  if (rule.freq === 'WEEKLY') return weekdayOf(day) === weekdayOf(from)
  return rule.freq === 'DAILY' || date === partsOf(from)[2]
}

function fitsPeriod(day: EpochDay, { freq, interval = 1, wkst = 'MO' }: Rule, from: EpochDay): boolean {
  if (freq === 'DAILY') return (day - from) % interval === 0
  if (freq === 'MONTHLY') return (monthOf(day) - monthOf(from)) % interval === 0
  return (((weekOf(day, wkst)[0] ?? 0) - (weekOf(from, wkst)[0] ?? 0)) / 7) % interval === 0
}

function isChosen(day: EpochDay, rule: Rule, from: EpochDay): boolean {
  if (rule.bySetPos === undefined) return true
  const period = rule.freq === 'MONTHLY' ? daysOfMonth(day) : weekOf(day, rule.wkst ?? 'MO')
  const fitting = period.filter((one) => fitsDay(one, rule, from))
  return rule.bySetPos.some((one) => fitting.at(one > 0 ? one - 1 : one) === day)
}

/**
 * The dates a rule names up to a last day, by asking of each day from the first on whether it fits: slow, and plain
 * enough to be believed. Nothing of the product is used but how dates are written.
 */
export function slowRuleDays(rule: Rule, from: EpochDay, last: EpochDay): EpochDay[] {
  const days: EpochDay[] = []
  for (let day = from; day <= Math.min(last, rule.until ?? last); day++) {
    if (days.length === (rule.count ?? Infinity)) break
    if (fitsPeriod(day, rule, from) && fitsDay(day, rule, from) && isChosen(day, rule, from)) days.push(day)
  }
  return days
}
