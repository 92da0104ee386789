import test from 'ava'

import { controls } from '../src/controls.ts'
import { type Definition, NEEDED, readDefinitions } from '../src/definitions.ts'
import { EXPECTED, type Finding, judge, readFindings } from '../src/report.ts'

const everything = (): Finding[] =>
  EXPECTED.flatMap((type) =>
    ['json', 'xml'].map((end) => ({ file: `${type}-0123.${end}`, fault: undefined })),
  )

const found: Finding[] = [{ file: 'broken.json', fault: 'it is broken' }]

const all: Definition[] = NEEDED.map((url) => ({ url, published: false, leftOut: [] }))

test('a run passes when every type was answered without a fault and the broken ones were found out', (t) => {
  t.deepEqual(judge(everything(), found, all), {
    passed: true,
    lines: ['30 responses, 0 errors; 1 of 1 broken ones found out; definitions: 0 as published, 12 restated'],
  })
})

test('a fault, a broken one that passed, or a type nobody asked for fails the run and is named', (t) => {
  const cases: [Finding[], Finding[], RegExp][] = [
    [[...everything(), { file: 'Slot-1.json', fault: 'no status' }], found, /Slot-1\.json: no status/],
    [everything(), [{ file: 'broken.json', fault: undefined }], /broken\.json is broken on purpose/],
    [everything().slice(1), found, /no response was a Appointment as json/],
    [[], found, /no response was a Slot as xml/],
    [everything(), [], /0 of 0/],
  ]
  for (const [responses, broken, line] of cases) {
    const verdict = judge(responses, broken, all)
    t.false(verdict.passed, line.source)
    t.regex(verdict.lines.join('\n'), line)
  }
})

test('a run says whose definitions it used, and fails when one of those it needs was not there', (t) => {
  const [first = '', ...others] = NEEDED
  const lines = [
    `profile\t/published\t${first}\tvalueSetReference`,
    ...others.map((url) => `profile\t/restated\t${url}\t`),
    'ok\ta.json',
  ]
  const read = readDefinitions(lines.join('\n'), '/published')
  const verdict = judge(everything(), found, read)
  t.true(verdict.passed)
  const said = 'definitions: 1 as published, 11 restated, without valueSetReference of ihe-sched-appt'
  t.true(verdict.lines.at(-1)?.endsWith(said))
  const lacking = judge(everything(), found, read.slice(1))
  t.false(lacking.passed)
  t.regex(lacking.lines.join('\n'), /nobody has said what .*ihe-sched-appt asks for/)
})

test('what the validator prints is read, and anything else is not passed over', (t) => {
  t.deepEqual(readFindings('profile\t/a\tb\t\nok\ta.json\nerror\tb.json\tno status\n'), [
    { file: 'a.json', fault: undefined },
    { file: 'b.json', fault: 'no status' },
  ])
  t.throws(() => readFindings('Exception in thread "main"'))
})

test('every broken resource has a name of its own and differs from the others', (t) => {
  const files = [...controls()].filter(([name]) => !name.endsWith('.read'))
  t.true(files.length > 10)
  t.is(
    new Set(files.map(([name, text]) => (name.includes('read-otherwise') ? name : text))).size,
    files.length,
  )
})
