import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { STREAM_KEEPER, streamsOf } from '@medqueue/contracts'
import { freePort, type RunningNats, startNats } from '@medqueue/servers'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { type Broker, connectBroker, ensureStream } from '../src/index.ts'

const scope = fileScope(test)
let broker: Broker

test.before(async (t) => {
  t.timeout(240_000)
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-copies-'))
  const names = ['a', 'b', 'c']
  const ports = await Promise.all(names.map(freePort))
  const starting = names.map(async (name, index) => {
    const dataDir = await mkdtemp(join(folder, name))
    const cluster = { name, port: ports[index] ?? 0, ports }
    return startNats({ dataDir, port: await freePort(), monitorPort: await freePort(), cluster })
  })
  scope.teardown(async () => {
    await Promise.all((await Promise.allSettled(starting)).map(stopStarted))
    await rm(folder, { recursive: true, force: true })
  })
  const [first] = await Promise.all(starting)
  if (first === undefined) throw new Error('no broker')
  broker = await connectBroker({
    url: first.url,
    monitorUrl: first.monitorUrl,
    name: 'test',
    answerTimeoutMs: 60_000,
  })
  scope.teardown(() => broker.close())
})

async function stopStarted(started: PromiseSettledResult<RunningNats>): Promise<void> {
  if (started.status === 'fulfilled') await started.value.stop()
}

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
