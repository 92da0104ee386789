import { type EventEnvelope, namesOf, streamsOf } from '@medqueue/contracts'
import { ensureStream, startOutboxRelay } from '@medqueue/messaging'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { send } from './helpers/send.ts'
import { createWorld, silent } from './helpers/world.ts'

async function createPublishingWorld(t: ExecutionContext) {
  const world = await createWorld(t)
  const prefix = testPrefix(t)
  const broker = await connectTestBroker(t)
  const streams = streamsOf(prefix)
  await ensureStream(broker.jsm, streams.directoryEvents)
  const { pool } = world.database
  const startRelay = () => {
    const relay = startOutboxRelay({ pool, broker, logger: silent, prefix })
    t.teardown(async () => relay.stop())
    return relay
  }
  const published = async () => {
    const { jsm } = broker
    const { state } = await jsm.streams.info(streams.directoryEvents.name)
    const messages = []
    for (let seq = 1; seq <= state.last_seq; seq++) {
      const stored = await jsm.streams.getMessage(streams.directoryEvents.name, { seq })
      if (stored !== null) messages.push({ subject: stored.subject, event: stored.json<EventEnvelope>() })
    }
    return messages
  }
  return { world, startRelay, published, names: namesOf(prefix) }
}

test('a change is published on its subject with the version it made', async (t) => {
  const { world, startRelay, published, names } = await createPublishingWorld(t)
  const relay = startRelay()
  const headers = world.as('admin')
  const made = await send(world, 'POST', '/v1/specialties', { headers, body: { name: 'Cardiology' } })
  const id = String(made.body.id)
  await send(world, 'PUT', `/v1/specialties/${id}`, {
    headers: { ...headers, 'if-match': String(made.headers.etag) },
    body: { name: 'Heart' },
  })
  await relay.drained()

  const messages = await published()
  t.deepEqual(
    messages.map(({ subject, event }) => [subject, event.version, event.data]),
    [
      [names.subjects.directory('specialty', id), 1, { id, version: 1, active: true, name: 'Cardiology' }],
      [names.subjects.directory('specialty', id), 2, { id, version: 2, active: true, name: 'Heart' }],
    ],
  )
})

test('what happens while nobody publishes is published later, in order', async (t) => {
  const { world, startRelay, published } = await createPublishingWorld(t)
  const headers = world.as('admin')
  const names = ['Aspen', 'Birch', 'Cedar', 'Damson']
  for (const name of names) {
    await send(world, 'POST', '/v1/patients', { headers, body: { name } })
  }
  t.deepEqual(await published(), [])
  await startRelay().drained()
  const versions = (await published()).map(({ event }) => event.type)
  t.deepEqual(
    versions,
    names.map(() => 'directory.patients.changed'),
  )
})

test('a refused change publishes nothing', async (t) => {
  const { world, startRelay, published } = await createPublishingWorld(t)
  const relay = startRelay()
  const headers = world.as('admin')
  const body = { name: 'x', city: 'x', state: 'x', zone: 'nowhere' }
  t.is((await send(world, 'POST', '/v1/clinics', { headers, body })).status, 422)
  await relay.drained()
  t.deepEqual(await published(), [])
})
