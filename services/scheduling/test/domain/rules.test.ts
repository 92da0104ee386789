import test from 'ava'
import fc from 'fast-check'

import { dateOf, formatDate } from '../../src/domain/calendar.ts'
import { mustComeSoon, parseRule, ruleDays, RuleFault } from '../../src/domain/recurrence.ts'
import { ruleText, ruleUntilNear } from './arbitrary-rule.ts'
import { slowRuleDays } from './slow-rule.ts'

const FIRST = dateOf('2027-01-04') // a Monday

const names = test.macro((t, text: string, expected: string[]) => {
  const days = ruleDays(parseRule(text), FIRST, [FIRST, dateOf('2027-03-31')])
  t.deepEqual(days.map(formatDate), expected)
})

test('every other week', names, 'FREQ=WEEKLY;INTERVAL=4;BYDAY=MO,WE', [
  ...['2027-01-04', '2027-01-06', '2027-02-01', '2027-02-03', '2027-03-01', '2027-03-03', '2027-03-29'],
  '2027-03-31',
])
test('the first and the last Friday of each month', names, 'FREQ=MONTHLY;BYDAY=1FR,-1FR', [
  ...['2027-01-29', '2027-02-05', '2027-02-26', '2027-03-05', '2027-03-26'],
])
test('the last working day of each month', names, 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', [
  ...['2027-01-29', '2027-02-26', '2027-03-31'],
])
test('the last day of each month', names, 'FREQ=MONTHLY;BYMONTHDAY=-1', [
  '2027-01-31',
  '2027-02-28',
  '2027-03-31',
])
test('the last date of UNTIL is in', names, 'FREQ=DAILY;INTERVAL=2;UNTIL=20270108', [
  ...['2027-01-04', '2027-01-06', '2027-01-08'],
])
test('COUNT counts from the first date', names, 'FREQ=DAILY;COUNT=3', [
  '2027-01-04',
  '2027-01-05',
  '2027-01-06',
])
test('small letters and the name of the property are read', names, 'rrule:freq=daily;count=1', ['2027-01-04'])

test('COUNT is counted from the first date, whatever span is asked for', (t) => {
  const rule = parseRule('FREQ=DAILY;COUNT=10')
  t.deepEqual(ruleDays(rule, FIRST, [FIRST + 8, FIRST + 100]), [FIRST + 8, FIRST + 9])
})

const refuses = test.macro((t, text: string, said: RegExp) => {
  const error = t.throws(() => mustComeSoon(parseRule(text), FIRST), { instanceOf: RuleFault })
  t.regex(error.message, said)
})
for (const freq of ['SECONDLY', 'MINUTELY', 'HOURLY', 'YEARLY', '', 'NEVER'])
  test(`FREQ=${freq} is refused`, refuses, `FREQ=${freq}`, /FREQ/)
test('a rule without FREQ is refused', refuses, 'INTERVAL=2', /FREQ is missing/)
test('a rule that says hours is refused', refuses, 'FREQ=DAILY;BYHOUR=1,2,3', /BYHOUR/)
test('a part said twice is refused', refuses, 'FREQ=DAILY;COUNT=2;COUNT=3', /COUNT is said twice/)
test('a million occurrences are refused', refuses, 'FREQ=DAILY;COUNT=1000000', /COUNT/)
test('1,001 occurrences are refused', refuses, 'FREQ=DAILY;COUNT=1001', /COUNT/)
test('no occurrence is refused', refuses, 'FREQ=DAILY;COUNT=0', /COUNT/)
test('an UNTIL in a thousand years is refused', refuses, 'FREQ=DAILY;UNTIL=30270101', /UNTIL/)
test('an UNTIL on no date is refused', refuses, 'FREQ=DAILY;UNTIL=20270229', /UNTIL/)
test('an UNTIL at a time is refused', refuses, 'FREQ=DAILY;UNTIL=20270201T000000Z', /UNTIL/)
test('an UNTIL before the first date is refused', refuses, 'FREQ=DAILY;UNTIL=20261231', /No date/)
test('COUNT and UNTIL together are refused', refuses, 'FREQ=DAILY;COUNT=2;UNTIL=20270201', /exclude/)
test('an interval of nothing is refused', refuses, 'FREQ=DAILY;INTERVAL=0', /INTERVAL/)
test('an interval of ten years is refused', refuses, 'FREQ=DAILY;INTERVAL=3660', /INTERVAL/)
test('an interval in letters is refused', refuses, 'FREQ=DAILY;INTERVAL=1e3', /INTERVAL/)
test('a date that never comes is refused', refuses, 'FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2', /No date/)
test('a numbered day of a week is refused', refuses, 'FREQ=WEEKLY;BYDAY=1MO', /FREQ=MONTHLY/)
test('a day nobody knows is refused', refuses, 'FREQ=WEEKLY;BYDAY=MO,XX', /BYDAY/)
test('BYSETPOS of nothing is refused', refuses, 'FREQ=MONTHLY;BYSETPOS=1', /BYSETPOS/)
test('an equals sign too many is refused', refuses, 'FREQ=DAILY=2', /cannot be read/)
test('an empty part is refused', refuses, 'FREQ=DAILY;', /not known/)

test('names the dates that fit, asked one by one', (t) => {
  const runs = Number(process.env.REFERENCE_RUNS ?? 300)
  const from = fc.integer({ min: dateOf('2024-01-01'), max: dateOf('2028-12-31') })
  const given = from.chain((first) =>
    fc.record({ first: fc.constant(first), rule: ruleUntilNear(first + 100) }),
  )
  const property = fc.property(given, fc.nat({ max: 300 }), ({ first, rule }, offset) => {
    const last = first + 400
    const all = slowRuleDays(rule, first, last)
    t.deepEqual(ruleDays(rule, first, [first, last]), all)
    t.deepEqual(
      ruleDays(rule, first, [first + offset, last]),
      all.filter((day) => day >= first + offset),
    )
  })
  fc.assert(property, { numRuns: runs })
})

test('whatever text is sent, it is a rule or refused by name', (t) => {
  const junk = fc.oneof(
    fc.string(),
    ruleText.map((text) => text.replace('=', ';')),
    ruleText,
  )
  fc.assert(
    fc.property(junk, (text) => {
      try {
        t.truthy(parseRule(text).freq)
      } catch (error) {
        t.true(error instanceof RuleFault)
      }
    }),
    { numRuns: 500 },
  )
})
