import test from 'ava'

import { plotsOf } from '../../src/report/plots.ts'
import { plot, ticks } from '../../src/report/svg.ts'

test('axes have a few round numbers from 0 on', (t) => {
  t.deepEqual(ticks(25), [0, 5, 10, 15, 20, 25])
  t.deepEqual(ticks(1), [0, 1])
  t.deepEqual(ticks(2_900), [0, 1_000, 2_000])
  t.deepEqual(ticks(90), [0, 20, 40, 60, 80])
})

test('a plot is a well-formed file of its own, whatever the names are', (t) => {
  const lines = [{ name: 'a < b & "c"', colour: '#0072b2', values: [0, 5, 5, 5, 2] }]
  const svg = plot({ title: 'x > y', every: 1, panels: [{ title: 'workers', lines }] })
  t.regex(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  t.regex(svg, /a &lt; b &amp; &quot;c&quot;/)
  t.false(/[<>&]\s*[<>&]/.test(svg.replaceAll(/<[^>]*>|&\w+;/g, '').trim()))
  const opened = svg.match(/<(svg|text|line|rect|polyline)\b/g)?.length ?? 0
  const closed = svg.match(/\/>|<\/(svg|text)>/g)?.length ?? 0
  t.is(opened, closed)
})

test('flat stretches of a line need two points', (t) => {
  const lines = [{ name: 'a', colour: '#000000', values: [1, 1, 1, 1, 4, 4] }]
  const svg = plot({ title: 't', every: 1, panels: [{ title: 'p', lines }] })
  const points = /points="([^"]*)"/.exec(svg)?.[1]?.split(' ') ?? []
  t.is(points.length, 4)
})

test('each trace gets a plot of all scalers in the first phase that ran', (t) => {
  const recording = {
    ...{
      published: [0, 1],
      done: [1, 2],
      asked: [],
      doubled: 0,
      disordered: 0,
      redelivered: 0,
      questions: 0,
    },
    ...{ cpuSeconds: 0, peakMegabytes: 0, busySeconds: 0, publisherLag: 0 },
    ready: [{ at: 0.5, value: 1 }],
  }
  const run = { trace: 'flash', lane: 'medqueue', setting: 'defaults' } as const
  const plots = plotsOf([
    { run: { ...run, phase: 1 }, recording },
    { run: { ...run, lane: 'keda-15s', setting: 't20', phase: 1 }, recording },
    { run: { ...run, phase: 2 }, recording },
    { run: { ...run, trace: 'ramp', phase: 1 }, recording },
  ])
  t.deepEqual([...plots.keys()], ['flash.svg', 'ramp.svg'])
  t.is(plots.get('flash.svg')?.match(/<polyline/g)?.length, 4)
  t.regex(plots.get('flash.svg') ?? '', /keda-15s t20/)
})
