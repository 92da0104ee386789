import test from 'ava'

import { controls } from '../src/controls.ts'
import { EXPECTED, type Finding, judge, readFindings } from '../src/report.ts'

const everything = (): Finding[] =>
  EXPECTED.flatMap((type) =>
    ['json', 'xml'].map((end) => ({ file: `${type}-0123.${end}`, fault: undefined })),
  )

const found: Finding[] = [{ file: 'broken.json', fault: 'it is broken' }]

test('a run passes when every type was answered without a fault and the broken ones were found out', (t) => {
  t.deepEqual(judge(everything(), found), {
    passed: true,
    lines: ['24 responses, 0 errors; 1 of 1 broken ones found out'],
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
    const verdict = judge(responses, broken)
    t.false(verdict.passed, line.source)
    t.regex(verdict.lines.join('\n'), line)
  }
})

test('what the validator prints is read, and anything else is not passed over', (t) => {
  t.deepEqual(readFindings('ok\ta.json\nerror\tb.json\tno status\n'), [
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
