import { randomUUID } from 'node:crypto'

import { namesOf, type ProxySnapshot, streamsOf } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import type { Scope } from '@medqueue/testing'
import test from 'ava'

import { openStream, Refused, type StreamClient } from '../helpers/client.ts'
import { createWorld, streamUrl, type World } from '../helpers/world.ts'

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const HOUR = 3_600_000

function grantOf(overrides: Partial<ProxySnapshot> = {}): ProxySnapshot {
  const people = { patientId: randomUUID(), proxyId: randomUUID(), relationship: 'parent' as const }
  return {
    id: randomUUID(),
    version: 1,
    active: true,
    notes: false,
    expiresAt: inMs(HOUR),
    ...people,
    ...overrides,
  }
}

/** With the stream of the directory. */
async function familyWorld(scope: Scope): Promise<World> {
  const world = await createWorld(scope)
  const definition = { ...streamsOf(world.prefix).directoryEvents, maxBytes: 64 * 1024 ** 2 }
  await ensureStream(world.broker.jsm, definition)
  return world
}

/** As the directory says it. */
async function tell({ broker, prefix }: World, grant: ProxySnapshot): Promise<ProxySnapshot> {
  const subject = namesOf(prefix).subjects.directory('proxy', grant.id)
  await broker.js.publish(subject, JSON.stringify({ type: 'directory.proxy.changed', data: grant }))
  return grant
}

/** Revokes, prolongs or shortens it. */
const again = (world: World, grant: ProxySnapshot, change: Partial<ProxySnapshot>) =>
  tell(world, { ...grant, version: grant.version + 1, ...change })

const proxyOf = ({ proxyId, patientId }: ProxySnapshot) => ({ id: proxyId, patientId })
const visitOf = ({ patientId }: { patientId: string }) => ({ doctorId: randomUUID(), patientId })

/** Opens the stream as soon as the replica has heard of the grant. */
async function opened(connect: () => Promise<StreamClient>): Promise<StreamClient> {
  for (;;) {
    try {
      return await connect()
    } catch (error) {
      if (!(error instanceof Refused) || error.problem.code !== 'REALTIME_FOR_OTHERS') throw error
    }
  }
}

test('a proxy hears what the patient hears, also what was missed, until it is revoked: then the stream ends', async (t) => {
  const world = await familyWorld(t)
  const grant = await tell(world, grantOf())
  const replica = await world.start()
  const first = await world.publish(visitOf(grant))
  const mother = await replica.connect(proxyOf(grant), String(first - 1))
  const own = await replica.connect({ id: grant.proxyId })
  const second = await world.publish(visitOf(grant))
  await mother.until(() => mother.events().length === 2)
  t.deepEqual(
    mother.events().map(({ id }) => id),
    [first, second].map(String),
  )

  await again(world, grant, { active: false })
  t.is((await mother.closed).code, 4403)
  const last = await world.publish(visitOf({ patientId: grant.proxyId }))
  await own.until(() => own.events().length > 0)
  t.deepEqual(
    own.events().map(({ id }) => id),
    [String(last)],
    'their own stream is of their own visits',
  )
  const refused = await t.throwsAsync(replica.connect(proxyOf(grant)), { instanceOf: Refused })
  t.like(refused, { status: 403, problem: { code: 'REALTIME_FOR_OTHERS' } })
})

test('a proxy who is a doctor hears nothing of what concerns the patient as a doctor', async (t) => {
  const world = await familyWorld(t)
  const grant = await tell(world, grantOf())
  const replica = await world.start()
  const client = await replica.connect({ ...proxyOf(grant), roles: ['doctor'] }, '0')
  await world.publish({ doctorId: grant.patientId, patientId: randomUUID() })
  await world.publish({ doctorId: grant.proxyId, patientId: randomUUID() })
  const last = await world.publish(visitOf(grant))
  await client.until(() => client.events().length > 0)
  t.deepEqual(
    client.events().map(({ id }) => id),
    [String(last)],
  )
})

test('a stream ends with what was granted, and lasts longer when that is prolonged', async (t) => {
  const world = await familyWorld(t)
  const clock = { ms: Date.now() }
  const [short, long] = [grantOf({ expiresAt: inMs(HOUR) }), grantOf({ expiresAt: inMs(HOUR) })]
  await Promise.all([short, long].map((grant) => tell(world, grant)))
  const replica = await world.start({ now: () => new Date(clock.ms) })
  const exp = Math.floor(Date.now() / 1_000) + 4 * 3_600
  const [ends, lasts] = [
    await replica.connect({ ...proxyOf(short), exp }),
    await replica.connect({ ...proxyOf(long), exp }),
  ]
  clock.ms += 2 * HOUR
  // The clock of the test jumps, timers do not: whatever is told of the two makes the replica look again.
  await again(world, long, { expiresAt: inMs(3 * HOUR) })
  await again(world, short, { notes: true })
  t.is((await ends.closed).code, 4403)
  const seq = await world.publish(visitOf(long))
  await lasts.until(() => lasts.lastEventId() === String(seq))
  await again(world, long, { version: 3, expiresAt: inMs(HOUR) })
  t.is((await lasts.closed).code, 4403)
})

test('what ends by itself in a moment ends without a word of the directory', async (t) => {
  const world = await familyWorld(t)
  const replica = await world.start()
  const grant = await tell(world, grantOf({ expiresAt: inMs(HOUR) }))
  const client = await opened(() => replica.connect(proxyOf(grant)))
  await again(world, grant, { expiresAt: inMs(300) })
  t.is((await client.closed).code, 4403)
})

test('a ticket is of no use when it is revoked before the socket opens', async (t) => {
  const world = await familyWorld(t)
  const grant = await tell(world, grantOf())
  const replica = await world.start()
  const witness = await replica.connect(proxyOf(grant))
  const ticket = await replica.ticket(proxyOf(grant))
  await again(world, grant, { active: false })
  await witness.closed
  const refused = await t.throwsAsync(openStream(streamUrl(replica.url, ticket)), { instanceOf: Refused })
  t.like(refused, { status: 403, problem: { code: 'REALTIME_FOR_OTHERS' } })
})

test('nobody opens a stream of somebody else, and whom one does not act for is not told apart', async (t) => {
  const world = await familyWorld(t)
  const [revoked, expired] = [grantOf({ active: false }), grantOf({ expiresAt: inMs(-HOUR) })]
  await Promise.all([revoked, expired].map((grant) => tell(world, grant)))
  const granted = await tell(world, grantOf())
  const replica = await world.start()
  const wishes = [
    ...[revoked, expired].map(proxyOf),
    { id: randomUUID(), patientId: granted.patientId },
    { id: granted.patientId, patientId: granted.proxyId },
    { id: randomUUID(), patientId: randomUUID() },
  ]
  for (const wish of wishes) {
    const refused = await t.throwsAsync(replica.ticket(wish), { instanceOf: Refused })
    t.like(refused, { status: 403, problem: { code: 'REALTIME_FOR_OTHERS' } })
  }
})

test('streams of proxies do not use up those of the patient', async (t) => {
  const world = await familyWorld(t)
  const grant = await tell(world, grantOf())
  const replica = await world.start({ env: { MAX_SOCKETS_PER_PERSON: '1' } })
  await replica.connect(proxyOf(grant))
  await replica.connect({ id: grant.patientId })
  const refused = await t.throwsAsync(replica.connect({ id: grant.proxyId }), { instanceOf: Refused })
  t.is(refused.status, 429)
})

test('a replica that starts knows who may act for whom, however much else the directory has told', async (t) => {
  const world = await familyWorld(t)
  const grants = Array.from({ length: 6 }, () => grantOf())
  for (const grant of grants) await tell(world, grant)
  await Promise.all(grants.slice(3).map((grant) => again(world, grant, { active: false })))
  const subject = namesOf(world.prefix).subjects.directory('doctor', randomUUID())
  await world.broker.js.publish(subject, JSON.stringify({ type: 'directory.doctor.changed', data: {} }))
  const replica = await world.start()
  const answers = await Promise.allSettled(grants.map((grant) => replica.ticket(proxyOf(grant))))
  t.deepEqual(
    answers.map(({ status }) => status),
    grants.map((_, index) => (index < 3 ? 'fulfilled' : 'rejected')),
  )
})

test('without the directory people hear of their own visits, and who acts for others is asked to come back', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const person = { id: randomUUID() }
  const client = await replica.connect(person)
  const headers = {
    authorization: `Bearer ${world.issuer.token({ sub: person.id, roles: ['patient'] })}`,
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ patientId: randomUUID() })
  const answer = await fetch(`${replica.url}/v1/stream/tickets`, { method: 'POST', headers, body })
  t.is(answer.status, 503)
  t.is(answer.headers.get('retry-after'), '1')
  t.like(await answer.json(), { code: 'REALTIME_STARTING' })
  await world.publish(visitOf({ patientId: person.id }))
  await client.until(() => client.events().length === 1)
})
