import { streamsOf } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import { DeliverPolicy, type JetStreamClient } from '@nats-io/jetstream'
import test from 'ava'

import { readStream } from '../src/sources/read-stream.ts'

test('messages that a worker purges before they are read do not stall the audit', async (t) => {
  const { name, subjects, ...rest } = streamsOf(testPrefix(t)).bookingRequests
  const broker = await connectTestBroker(t)
  await ensureStream(broker.jsm, { name, subjects, ...rest })
  for (const text of ['a', 'b']) await broker.js.publish(subjects[0]?.replace('*', '0') ?? '', text)
  const consumer = await broker.js.consumers.get(name, { deliver_policy: DeliverPolicy.All })
  const info = consumer.info.bind(consumer)
  let purged = false
  consumer.info = async (cached) => {
    const told = await info(cached)
    if (!purged) await broker.jsm.streams.purge(name)
    purged = true
    return told
  }
  const client = { consumers: { get: async () => consumer } } as unknown as JetStreamClient

  const seen: string[] = []
  for await (const message of readStream(client, name)) seen.push(message.string())

  t.true(purged)
  t.deepEqual(seen, [])
})
