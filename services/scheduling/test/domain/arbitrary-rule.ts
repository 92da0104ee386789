import fc from 'fast-check'

import type { EpochDay } from '../../src/domain/calendar.ts'
import { parseRule, type Rule, RuleFault } from '../../src/domain/recurrence.ts'

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

const list = <T>(one: fc.Arbitrary<T>, maxLength: number) =>
  fc.uniqueArray(one, { minLength: 1, maxLength, selector: String }).map((items) => items.join(','))
const signed = (most: number) => fc.integer({ min: -most, max: most }).filter((number) => number !== 0)
const weekday = fc.constantFrom(...DAYS)
const numbered = fc
  .tuple(fc.constantFrom('', '1', '2', '4', '-1', '-2'), weekday)
  .map((parts) => parts.join(''))

const parts = fc.record(
  {
    INTERVAL: fc.integer({ min: 1, max: 5 }),
    BYDAY: fc.oneof(list(weekday, 5), list(numbered, 3)),
    BYMONTHDAY: list(signed(31), 3),
    BYMONTH: list(fc.integer({ min: 1, max: 12 }), 8),
    BYSETPOS: list(signed(4), 2),
    WKST: weekday,
    COUNT: fc.integer({ min: 1, max: 60 }),
  },
  { requiredKeys: [] },
)

/** Rules that the product takes, as their texts; with UNTIL near a day or none. */
export const ruleText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY'), parts)
  .map(([freq, said]) =>
    Object.entries(said).reduce((text, [name, value]) => `${text};${name}=${String(value)}`, `FREQ=${freq}`),
  )
  .filter(isTaken)

export const rule: fc.Arbitrary<Rule> = ruleText.map(parseRule)

/** The rule with a last date near a day, or as it is. */
export const ruleUntilNear = (day: EpochDay): fc.Arbitrary<Rule> =>
  fc.tuple(rule, fc.option(fc.integer({ min: day - 20, max: day + 20 }))).map(([read, until]) => {
    return read.count === undefined ? { ...read, until } : read
  })

function isTaken(text: string): boolean {
  try {
    parseRule(text)
    return true
  } catch (error) {
    if (error instanceof RuleFault) return false
    throw error
  }
}
