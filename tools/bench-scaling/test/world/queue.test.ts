import { setTimeout as delay } from 'node:timers/promises'

import { connectTestBroker } from '@medqueue/testing'
import { AckPolicy } from '@nats-io/jetstream'
import test from 'ava'

import { CONSUMER, STREAM } from '../../src/world/names.ts'
import { pour } from '../../src/world/pour.ts'
import { publish } from '../../src/world/publish.ts'
import {
  countDisordered,
  countQuestions,
  hearDone,
  makeQueue,
  removeQueue,
  stateOf,
} from '../../src/world/queue.ts'

test.serial('what is published is stored once each, in order, and heard when it is done', async (t) => {
  const broker = await connectTestBroker(t)
  await makeQueue(broker)
  t.teardown(async () => removeQueue(broker))
  const done = await hearDone(broker, Date.now)
  const arrivals = Array.from({ length: 40 }, (_, index) => index / 400)
  const { signal } = new AbortController()
  const startAt = Date.now()
  const published = await publish({ broker, arrivals, startAt, now: Date.now, signal })
  t.is(published.at.length, 40)
  t.deepEqual(
    published.at,
    published.at.toSorted((a, b) => a - b),
  )
  for (const [index, at] of published.at.entries()) t.true(at - startAt >= (arrivals[index] ?? 0) * 1_000 - 1)
  const consumer = await broker.js.consumers.get(STREAM, CONSUMER)
  const messages = await consumer.fetch({ max_messages: 40, expires: 5_000 })
  for await (const message of messages) message.ack()
  await broker.nc.flush()
  while (done.at.size < 40) await delay(5)
  t.deepEqual(
    [...done.at.keys()].toSorted((a, b) => a - b),
    published.at.map((_, index) => index),
  )
  t.is(done.doubled(), 0)
  t.is(done.redelivered(), 0)
  t.deepEqual(await stateOf(broker), { waiting: 0, deliveries: 40 })
})

test.serial('a message that comes again is noticed', async (t) => {
  const broker = await connectTestBroker(t)
  await makeQueue(broker)
  t.teardown(async () => removeQueue(broker))
  const done = await hearDone(broker, Date.now)
  await publish({
    broker,
    arrivals: [0],
    startAt: Date.now(),
    now: Date.now,
    signal: new AbortController().signal,
  })
  const consumer = await broker.js.consumers.get(STREAM, CONSUMER)
  const first = await consumer.next()
  first?.nak()
  const second = await consumer.next()
  second?.ack()
  while (done.at.size < 1) await delay(5)
  t.is(done.redelivered(), 1)
  t.is((await stateOf(broker)).deliveries, 2)
})

test.serial('a message that is dealt with twice is noticed', async (t) => {
  const broker = await connectTestBroker(t)
  const done = await hearDone(broker, Date.now)
  for (const message of [1, 2, 2]) {
    broker.nc.publish(`$JS.ACK.${STREAM}.${CONSUMER}.1.${message}.${message}.0.0`, '')
  }
  await broker.nc.flush()
  t.is(done.at.size, 2)
  t.is(done.doubled(), 1)
})

test.serial('questions about the queue are counted, whoever asks', async (t) => {
  const broker = await connectTestBroker(t)
  await makeQueue(broker)
  t.teardown(async () => removeQueue(broker))
  const other = await connectTestBroker(t)
  const questions = await countQuestions(broker)
  await other.jsm.consumers.info(STREAM, CONSUMER)
  await other.jsm.streams.info(STREAM)
  await other.jsm.streams.add({ name: `${STREAM}_OTHER`, subjects: ['bench-scaling.other'] })
  await other.jsm.consumers.add(`${STREAM}_OTHER`, { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit })
  await other.jsm.streams.delete(`${STREAM}_OTHER`)
  await broker.nc.flush()
  t.is(questions.count(), 2)
  questions.stop()
})

test('a message is out of order when a later one was delivered before it', (t) => {
  t.is(countDisordered([0, 1, 2, 5, 6]), 0)
  t.is(countDisordered([0, 2, 1, 3]), 1)
  t.is(countDisordered([3, 0, 1, 4]), 2)
  t.is(countDisordered([]), 0)
})

test.serial('what is poured is stored once each, and counted', async (t) => {
  const broker = await connectTestBroker(t)
  await makeQueue(broker)
  t.teardown(async () => removeQueue(broker))
  const { signal } = new AbortController()
  const load = pour(40, { broker, now: Date.now, signal })
  while ((await stateOf(broker)).waiting < 40) load.setRate(20)
  const messages = await load.end()
  t.true(messages >= 40)
  t.is((await stateOf(broker)).waiting, messages)
})

test.serial('a failure of the broker is told at the end', async (t) => {
  const broker = await connectTestBroker(t)
  await removeQueue(broker)
  const { signal } = new AbortController()
  const load = pour(5, { broker, now: Date.now, signal })
  await t.throwsAsync(load.end())
})
