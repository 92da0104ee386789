import test from 'ava'

import { type Figures, figuresOf, type Reading } from '../src/measure/figures.ts'
import { sumOf } from '../src/measure/metrics.ts'
import { megabytesIn } from '../src/measure/usage.ts'
import { closingLine, missed, type Result, table } from '../src/report.ts'
import { SITUATIONS } from '../src/situations.ts'

const figures = (own: Partial<Figures> = {}): Figures => ({
  ...{ cpuPercent: 2, residentMegabytes: 120, peakMegabytes: 130 },
  ...{ calls: 0.7, reconciles: 50, questions: 36, questionsOfOne: 0.19 },
  ...own,
})

const results = (...each: Partial<Figures>[]): Result[] =>
  each.map((own, index) => {
    const situation = SITUATIONS[index]
    if (situation === undefined) throw new Error('there are not so many situations')
    return { situation, count: 200, figures: figures(own) }
  })

test('nothing is missed up to the limits', (t) => {
  t.deepEqual(missed(results({ cpuPercent: 3, peakMegabytes: 150, questionsOfOne: 0.2 })), [])
})

test('each limit that is passed is told, with where', (t) => {
  t.deepEqual(missed(results({}, { cpuPercent: 3.01 }, { peakMegabytes: 151, questionsOfOne: 0.25 })), [
    'pools awake: cpuPercent is 3.010, more than 3',
    'queues: peakMegabytes is 151.000, more than 150',
    'queues: questionsOfOne is 0.250, more than 0.2',
  ])
})

test('a figure that could not be told counts as missed', (t) => {
  t.is(missed(results({ cpuPercent: Number.NaN })).length, 1)
})

test('the closing line has the worst of each', (t) => {
  const line = closingLine(results({ cpuPercent: 1 }, { cpuPercent: 2.5, peakMegabytes: 99 }))
  t.is(line, 'cpu_percent=2.50 peak_mb=130 asks_per_consumer=0.190')
})

test('the table has a row for each situation', (t) => {
  const lines = table(results({}, {})).split('\n')
  t.is(lines.length, 4)
  t.is(lines[3], '| 200 pools awake | 2.00 | 120 | 130 | 50.0 | 0.7 | 36.0 | 0.190 |')
})

test('figures are differences over time, and the most of what counts most', (t) => {
  const reading = (at: number, cpuSeconds: number, calls: number): Reading => {
    const usage = { cpuSeconds, residentMegabytes: 100, peakMegabytes: 140 }
    return { at, usage, calls, reconciles: calls * 10 }
  }
  const questions = new Map([
    ['$JS.API.CONSUMER.INFO.MAILS.mailer-001', { count: 9, first: 2_000, last: 50_000 }],
    ['$JS.API.CONSUMER.INFO.MAILS.mailer-003', { count: 10, first: 1_500, last: 46_500 }],
    ['$JS.API.STREAM.INFO.QUEUE_000', { count: 11, first: 1_000, last: 51_000 }],
  ])
  const given = {
    before: reading(1_000, 4, 20),
    after: reading(51_000, 5, 60),
    residentMegabytes: 111,
    questions,
  }

  t.deepEqual(figuresOf(given), {
    ...{ cpuPercent: 2, residentMegabytes: 111, peakMegabytes: 140 },
    ...{ calls: 0.8, reconciles: 8, questions: 0.6, questionsOfOne: 0.2 },
  })
})

test('a metric is the sum of its series, and of no other metric', (t) => {
  const text = ['# HELP a_total Things', 'a_total{x="1"} 2', 'a_total{x="2 3"} 5', 'a_total_b 9', 'b 1'].join(
    '\n',
  )
  t.is(sumOf(text, 'a_total'), 7)
  t.is(sumOf(text, 'b'), 1)
})

test('memory is read from what the kernel says, or refused', (t) => {
  const status = 'Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n'
  t.is(megabytesIn(status, 'VmRSS'), 100)
  t.is(megabytesIn(status, 'VmHWM'), 200)
  t.throws(() => megabytesIn('', 'VmRSS'))
})
