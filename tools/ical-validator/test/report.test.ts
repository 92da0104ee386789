import test from 'ava'

import { checkCalendar } from '@medqueue/icalendar/testing'

import { controls } from '../src/controls.ts'
import { judge, readFindings } from '../src/report.ts'

const good = { file: 'a.ics', fault: undefined }
const bad = { file: 'b.ics', fault: 'no UID' }

test('what the validator prints is read line by line', (t) => {
  t.deepEqual(readFindings('ok\ta.ics\t\nerror\tb.ics\tno UID\n'), [good, bad])
  t.throws(() => readFindings('Exception in thread "main"'))
})

test('it passes only with messages, without faults, and when every broken control was found out', (t) => {
  t.true(judge([good], [bad]).passed)
  t.false(judge([good, bad], [bad]).passed)
  t.false(judge([good], [bad, good]).passed)
  t.false(judge([], [bad]).passed)
  t.false(judge([good], []).passed)
})

test('a verdict names the faults and what was missed', (t) => {
  const { lines } = judge([good, bad], [{ file: 'c.ics', fault: undefined }])

  t.deepEqual(lines, [
    '✘ b.ics: no UID',
    '✘ c.ics is broken on purpose, and was not found out',
    '2 calendar messages, 1 errors; 0 of 1 broken ones found out',
  ])
})

test('every broken control is another text, and those with broken lines are found out without Java too', (t) => {
  const texts = controls()
  t.is(new Set(texts.values()).size, texts.size)
  for (const name of [
    'request with bare line feeds',
    'request with a line too long',
    'request that stops in the middle',
  ]) {
    t.throws(() => checkCalendar(name, texts.get(name) ?? ''), undefined, name)
  }
})
