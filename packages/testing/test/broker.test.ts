import { streamsOf } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import test from 'ava'

import { connectTestBroker, connectTestRedis, testPrefix } from '../src/index.ts'

test('streams under a prefix are deleted with its scope', async (t) => {
  const broker = await connectTestBroker(t)
  const works: (() => Promise<void> | void)[] = []
  const prefix = testPrefix({ teardown: (work) => void works.push(work) })
  const { directoryEvents, deadLetters } = streamsOf(prefix)
  await ensureStream(broker.jsm, directoryEvents)
  await ensureStream(broker.jsm, deadLetters)

  for (const work of works) await work()

  const left = await broker.jsm.streams.names().next()
  t.deepEqual(
    left.filter((name) => name.startsWith(prefix)),
    [],
  )
})

test('two prefixes are never the same', (t) => {
  t.not(testPrefix(t), testPrefix(t))
})

test('redis answers', async (t) => {
  const redis = await connectTestRedis(t)

  t.is(await redis.ping(), 'PONG')
})
