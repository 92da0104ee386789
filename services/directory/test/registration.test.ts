import { randomUUID } from 'node:crypto'

import { type EventEnvelope, namesOf, type Role, streamsOf } from '@medqueue/contracts'
import { ensureStream, startProjection } from '@medqueue/messaging'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { projectUser, USERS_CONSUMER, USERS_SUBJECT } from '../src/events/project-users.ts'
import { waiting } from './helpers/outbox.ts'
import { send } from './helpers/send.ts'
import { createWorld, silent } from './helpers/world.ts'

async function createListeningWorld(t: ExecutionContext) {
  const world = await createWorld(t)
  const prefix = testPrefix(t)
  const broker = await connectTestBroker(t)
  const names = namesOf(prefix)
  const { identityEvents, deadLetters } = streamsOf(prefix)
  await ensureStream(broker.jsm, identityEvents)
  await ensureStream(broker.jsm, deadLetters)
  const { pool } = world.database
  const users = await startProjection({
    broker,
    pool,
    stream: identityEvents.name,
    durable: USERS_CONSUMER,
    subjects: [names.subject(USERS_SUBJECT)],
    handle: async (client, event) => projectUser(client, event, { newId: randomUUID, now: () => new Date() }),
    logger: silent,
    prefix,
  })
  t.teardown(async () => users.stop())
  /** Each call is a message of its own, so the same event twice is a redelivery that the broker does not filter. */
  const publish = async (event: EventEnvelope) => {
    await broker.js.publish(names.subjects.user('registered', event.subject), JSON.stringify(event))
  }
  const patient = async (id: string) =>
    send(world, 'GET', `/v1/patients/${id}`, { headers: world.as('admin') })
  return { world, users, publish, patient, broker, deadLetters }
}

function registered(userId: string, roles: Role[], displayName = 'Patient New'): EventEnvelope {
  return {
    id: randomUUID(),
    type: 'identity.user.registered',
    source: 'identity',
    subject: userId,
    version: 1,
    occurredAt: '2027-03-01T09:00:00Z',
    data: { userId, roles, displayName },
  }
}

test('who registers as a patient has a record under the same id, and booking is told', async (t) => {
  const { world, users, publish, patient } = await createListeningWorld(t)
  const id = randomUUID()
  await publish(registered(id, ['patient'], 'Patient Fern'))
  await users.caughtUp()
  const { status, body } = await patient(id)
  t.is(status, 200)
  t.like(body, { id, name: 'Patient Fern', version: 1, active: true, email: null })
  const told = await waiting(world.database.pool, id)
  t.deepEqual(
    told.map(({ event }) => event.data),
    [{ patients: [{ id, version: 1, active: true }] }],
  )
})

test('the same registration delivered three times makes one record and one event', async (t) => {
  const { world, users, publish } = await createListeningWorld(t)
  const id = randomUUID()
  const event = registered(id, ['patient'])
  for (let delivery = 0; delivery < 3; delivery++) await publish(event)
  await users.caughtUp()
  t.is((await waiting(world.database.pool, id)).length, 1)
  const { rows } = await world.database.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM patient WHERE id = $1',
    [id],
  )
  t.is(rows[0]?.count, 1)
})

test('a record that an admin made before is left as it is', async (t) => {
  const { world, users, publish, patient } = await createListeningWorld(t)
  const id = randomUUID()
  const body = { id, name: 'Patient Known', phone: '+55 27 0000-0001' }
  await send(world, 'POST', '/v1/patients', { headers: world.as('admin'), body })
  await publish(registered(id, ['patient'], 'Patient Other'))
  await users.caughtUp()
  t.like((await patient(id)).body, { name: 'Patient Known', phone: '+55 27 0000-0001', version: 1 })
  t.is((await waiting(world.database.pool, id)).length, 1)
})

test('who registers with other roles is no patient', async (t) => {
  const { users, publish, patient } = await createListeningWorld(t)
  const id = randomUUID()
  await publish(registered(id, ['doctor', 'stakeholder']))
  await users.caughtUp()
  t.is((await patient(id)).status, 404)
})

test('an event of another shape is put aside and the next one is taken', async (t) => {
  const { users, publish, patient, broker, deadLetters } = await createListeningWorld(t)
  const id = randomUUID()
  await publish({ ...registered(randomUUID(), ['patient']), data: { user: 'x' } })
  await publish(registered(id, ['patient']))
  await users.caughtUp()
  t.is((await patient(id)).status, 200)
  const { state } = await broker.jsm.streams.info(deadLetters.name)
  t.is(state.messages, 1)
})
