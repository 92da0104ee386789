import { setTimeout as delay } from 'node:timers/promises'

import { namesOf } from '@medqueue/contracts'
import test from 'ava'

import { startOutboxRelay } from '../src/index.ts'
import { append, event, project, record, world } from './helpers/world.ts'

test('an event is late by the time from its storing to the commit of its effect', async (t) => {
  const w = await world(t)
  const { subject, streams } = namesOf(w.prefix)
  await w.broker.js.publish(subject('directory.doctor.x'), JSON.stringify(event('x')))
  const stored = await w.broker.jsm.streams.getMessage(streams.directoryEvents, { seq: 1 })
  const delays: number[] = []
  const projection = await project(w, record, { nowMs: () => (stored?.time.getTime() ?? 0) + 5_000 })
  projection.figures.onTaken = (ms) => void delays.push(ms)
  await projection.caughtUp()
  t.is(delays.length, 1)
  t.true(Math.abs((delays[0] ?? 0) - 5_000) <= 1, `${delays[0]} ms`)
  await projection.stop()
})

test('a relay says how long the first event has waited, and how many have gone out', async (t) => {
  const w = await world(t)
  const { streams, subject } = namesOf(w.prefix)
  await w.broker.jsm.streams.delete(streams.directoryEvents)
  await append(w, [event('a'), event('b')])
  let now = 1_000
  const relay = startOutboxRelay({ ...w, pollMs: 10, monotonicMs: () => now++ })
  t.teardown(() => relay.stop())
  let published = 0
  relay.figures.onPublished = (count) => (published += count)
  // No stream takes them: they stay.
  while (relay.figures.oldestMs() === 0) await delay(20)
  t.is(published, 0)
  await w.broker.jsm.streams.add({ name: streams.directoryEvents, subjects: [subject('directory.>')] })
  await relay.drained()
  t.is(published, 2)
  t.is(relay.figures.oldestMs(), 0)
})
