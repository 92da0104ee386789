import type { FieldKind, RequestField } from '@medqueue/contracts'
import test from 'ava'
import fc from 'fast-check'

import { type Answers, answersTo } from '../../src/domain/answers.ts'

const field = (kind: FieldKind, more: Partial<RequestField> = {}): RequestField => {
  const options = kind === 'choice' ? { options: ['left', 'right'] } : {}
  return { key: 'it', label: 'What is it?', kind, ...options, ...more }
}

const takes = test.macro((t, asked: RequestField, value: unknown) => {
  const read = answersTo([asked], { it: value })
  t.deepEqual(read, { answers: [{ key: 'it', label: 'What is it?', value: value as string }] })
})
const refuses = test.macro((t, asked: RequestField, answers: Answers, detail: RegExp) => {
  const read = answersTo([asked], answers)
  t.regex('fault' in read ? `${read.fault.key} ${read.fault.detail}` : 'taken', detail)
})

test('takes words of just the length', takes, field('text', { maxLength: 3 }), 'äöü')
test('takes 200 characters where nothing is said', takes, field('text'), 'x'.repeat(200))
test('takes a number', takes, field('number'), -3.5)
test('takes false', takes, field('boolean', { required: true }), false)
test('takes nought', takes, field('number', { required: true }), 0)
test('takes one of the choices', takes, field('choice'), 'right')
test('takes a leap day', takes, field('date'), '2028-02-29')

test('refuses what is not asked', refuses, field('text'), { other: 'x' }, /^other is not asked/)
test(
  'refuses a name every object has',
  refuses,
  field('text'),
  { constructor: 'x' },
  /^constructor is not asked/,
)
test(
  'refuses to go without what is required',
  refuses,
  field('text', { required: true }),
  {},
  /^it must be answered/,
)
test(
  'refuses blanks for an answer',
  refuses,
  field('text', { required: true }),
  { it: ' \n' },
  /must be answered/,
)
test('refuses words that are too long', refuses, field('text', { maxLength: 3 }), { it: 'long' }, /at most 3/)
test('refuses more than 200 characters', refuses, field('text'), { it: 'x'.repeat(201) }, /at most 200/)
test('refuses half a character', refuses, field('text'), { it: '\ud800' }, /must be a text/)
test('refuses the one character that cannot be kept', refuses, field('text'), { it: 'a\0' }, /must be a text/)
test('refuses a number in words', refuses, field('number'), { it: '7' }, /must be a number/)
test('refuses a number beyond counting', refuses, field('number'), { it: 1e13 }, /must be a number/)
test('refuses yes for true', refuses, field('boolean'), { it: 'yes' }, /true or false/)
test('refuses what there is not to choose', refuses, field('choice'), { it: 'up' }, /one of: left, right/)
test('refuses a day that never was', refuses, field('date'), { it: '2027-02-29' }, /must be a date/)
test('refuses a date with a time', refuses, field('date'), { it: '2027-02-28T09:00' }, /must be a date/)
test('refuses null', refuses, field('text'), { it: null }, /must be a text/)
test('refuses a list', refuses, field('text'), { it: ['x'] }, /must be a text/)

test('what is taken was asked, in the order of the questions, and nothing required is missing', (t) => {
  const kinds = fc.constantFrom<FieldKind>('text', 'number', 'boolean', 'choice', 'date')
  const fields = fc
    .uniqueArray(
      fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), kind: kinds, required: fc.boolean() }),
      {
        selector: ({ key }) => key,
      },
    )
    .map((list) => list.map(({ key, kind, required }) => field(kind, { key, required })))
  const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom('left', '2027-01-01', null))
  const given = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), value)
  const property = fc.property(fields, given, (asked, answers) => {
    const read = answersTo(asked, answers)
    if ('fault' in read) return
    const keys = read.answers.map(({ key }) => key)
    t.deepEqual(
      keys,
      asked.map(({ key }) => key).filter((key) => keys.includes(key)),
    )
    t.true(asked.every(({ key, required }) => required !== true || keys.includes(key)))
    t.true(Object.keys(answers).every((key) => asked.some((one) => one.key === key)))
    t.true(read.answers.every(({ key, value: kept }) => kept === answers[key]))
  })
  fc.assert(property, { numRuns: 500 })
})
