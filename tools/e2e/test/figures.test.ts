import test from 'ava'

import { closingLine, type Outcome } from '../src/report/figures.ts'

const outcome = (figures: Outcome['figures'], passed = true): Outcome => {
  return { title: 'a behaviour', passed, seconds: 1, figures }
}

test('the closing line sums up what was sent and found, and tells the figures that count', (t) => {
  const line = closingLine(
    [
      outcome({ wakeP99Ms: 412, requests: 20 }),
      outcome({ requests: 300, lost: 0, audit: 0, scaleDowns: 20, undrained: 0 }),
      outcome({ requests: 100, lost: 2, audit: 1 }, false),
    ],
    0,
    671,
  )
  t.regex(line, /^e2e: 2 passed, 1 failed · /)
  t.regex(line, /412 ms after the first request at most · 20 scale-downs · 0 workers taken away undrained/)
  t.regex(line, /420 requests, 2 lost, 0 doubled, 0 wrong answers, 1 audit findings · 11 min 11 s$/)
})

test('a behaviour that never came to its end has failed', (t) => {
  t.regex(closingLine([outcome({})], 1, 1), /^e2e: 1 passed, 1 failed/)
})
