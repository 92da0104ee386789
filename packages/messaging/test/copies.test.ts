import { STREAM_KEEPER, streamsOf } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { type Broker, connectBroker, ensureStream } from '../src/index.ts'
import { threeBrokers } from './helpers/cluster.ts'

const scope = fileScope(test)
let broker: Broker

test.before(async (t) => {
  t.timeout(240_000)
  const [first] = await threeBrokers(scope)
  broker = await connectBroker({
    url: first.url,
    monitorUrl: first.monitorUrl,
    name: 'test',
    answerTimeoutMs: 60_000,
  })
  scope.teardown(() => broker.close())
})

const copiesOf = async (name: string) => (await broker.jsm.streams.info(name)).config.num_replicas

test('streams are made with as many copies as there are to be', async (t) => {
  const { directoryEvents, deadLetters } = streamsOf('made', 3)
  for (const stream of [directoryEvents, deadLetters]) await ensureStream(broker.jsm, stream)
  t.is(await copiesOf(directoryEvents.name), 3)
  t.is(await copiesOf(deadLetters.name), 3)
})

test('a stream gets the copies that it lacks, and loses none', async (t) => {
  const { created } = await ensureStream(broker.jsm, streamsOf('raised', 1).identityEvents)
  const raised = await ensureStream(broker.jsm, streamsOf('raised', 3).identityEvents)
  t.is(raised.config.num_replicas, 3)
  t.is(raised.created, created)
  await ensureStream(broker.jsm, streamsOf('raised', 1).identityEvents)
  t.is(await copiesOf(raised.config.name), 3)
})

test('a stream that a BookingQueue keeps has the copies that it says', async (t) => {
  const one = streamsOf('kept', 1).bookingRequests
  const { config } = await ensureStream(broker.jsm, one)
  await broker.jsm.streams.update(one.name, { ...config, metadata: { [STREAM_KEEPER]: 'medqueue/booking' } })
  await ensureStream(broker.jsm, streamsOf('kept', 3).bookingRequests)
  t.is(await copiesOf(one.name), 1)
})

test('copies for which there are no brokers keep nobody from serving', async (t) => {
  await ensureStream(broker.jsm, streamsOf('short', 3).billingEvents)
  const told: object[] = []
  const logger = { warn: (fields: object) => void told.push(fields) }
  const { config } = await ensureStream(broker.jsm, streamsOf('short', 5).billingEvents, logger)
  t.is(config.num_replicas, 3)
  t.like(told[0], { stream: config.name, replicas: 5 })
})
