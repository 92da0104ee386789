import { randomUUID } from 'node:crypto'

import test from 'ava'

import { openStream, Refused } from '../helpers/client.ts'
import { createWorld, streamUrl } from '../helpers/world.ts'

const person = () => ({ id: randomUUID() })

test('a patient and a doctor each get the event that joins them, and nobody else does', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const [patient, doctor, stranger] = [person(), { ...person(), roles: ['doctor'] as const }, person()]
  const clients = await Promise.all([patient, doctor, stranger].map(async (who) => replica.connect(who)))

  const pair = { doctorId: doctor.id, patientId: patient.id }
  const seq = await world.publish(pair)
  const last = await world.publish({ doctorId: randomUUID(), patientId: stranger.id })
  await Promise.all(clients.map(async (client) => client.until(() => client.events().length > 0)))

  const told = clients.map((client) => client.events().map(({ id }) => id))
  t.deepEqual(told, [[String(seq)], [String(seq)], [String(last)]])
  const [event] = clients[0]?.events() ?? []
  t.like(event, {
    type: 'appointment.booked',
    occurredAt: '2027-03-01T09:00:00Z',
    data: { ...pair, status: 'booked' },
  })
})

for (const [way, lastEventId] of [
  ['live', undefined],
  ['in a replay', '0'],
] as const) {
  test(`a visit that goes to another doctor is told ${way} to both and to the patient, and to nobody else`, async (t) => {
    const world = await createWorld(t)
    const replica = await world.start({ env: { RECENT_EVENTS: '2' } })
    const [before, after, stranger] = [0, 1, 2].map(() => ({ ...person(), roles: ['doctor'] as const }))
    const patient = person()
    const people = [before, after, patient, stranger].map((who) => who ?? person())
    const connect = () => Promise.all(people.map(async (who) => replica.connect(who, lastEventId)))
    const early = lastEventId === undefined ? await connect() : []
    const previous = {
      doctorId: people[0]?.id ?? '',
      start: '2027-03-01T09:00:00Z',
      end: '2027-03-01T09:30:00Z',
    }
    const pair = { doctorId: people[1]?.id ?? '', patientId: patient.id }
    const moved = await world.publishAs('moved', pair, { previous })
    for (const { id: patientId } of people) await world.publish({ doctorId: randomUUID(), patientId })
    const clients = lastEventId === undefined ? early : await connect()
    await Promise.all(
      clients.map(async (client) =>
        client.until(() => client.events().some(({ type }) => type.endsWith('booked'))),
      ),
    )

    const told = clients.map((client) => client.events().some(({ id }) => id === String(moved)))
    t.deepEqual(told, [true, true, true, false])
    t.like(clients[0]?.events()[0]?.data, { doctorId: pair.doctorId, previous })
  })
}

test('a person without the role of a doctor gets nothing that concerns them as a doctor', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const someone = person()
  const before = await world.publish({ doctorId: someone.id, patientId: randomUUID() })
  const live = await replica.connect(someone)
  const resumed = await replica.connect(someone, String(before - 1))

  await world.publish({ doctorId: someone.id, patientId: randomUUID() })
  const own = await world.publish({ doctorId: randomUUID(), patientId: someone.id })
  await Promise.all([live, resumed].map(async (client) => client.until(() => client.events().length > 0)))

  t.deepEqual(
    live.events().map(({ id }) => id),
    [String(own)],
  )
  t.deepEqual(
    resumed.events().map(({ id }) => id),
    [String(own)],
  )
})

test('a doctor who is the patient too gets the event once', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const doctor = { ...person(), roles: ['doctor', 'patient'] as const }
  const first = await world.publish({ doctorId: doctor.id, patientId: doctor.id })
  const client = await replica.connect(doctor, String(first - 1))
  const second = await world.publish({ doctorId: doctor.id, patientId: doctor.id })
  const third = await world.publish({ doctorId: doctor.id, patientId: randomUUID() })

  await client.until(() => client.lastEventId() === String(third))

  t.deepEqual(
    client.events().map(({ id }) => id),
    [first, second, third].map(String),
  )
})

test('a ticket opens one socket', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const url = streamUrl(replica.url, await replica.ticket(person()))
  await openStream(url)

  const refused = await t.throwsAsync(openStream(url), { instanceOf: Refused })

  t.is(refused.status, 401)
  t.is(refused.problem.code, 'REALTIME_TICKET_INVALID')
})

test('of a hundred who use one ticket at the same time one gets in', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const url = streamUrl(replica.url, await replica.ticket(person()))

  const results = await Promise.allSettled(Array.from({ length: 100 }, async () => openStream(url)))

  t.is(results.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a ticket of one replica opens a socket on another', async (t) => {
  const world = await createWorld(t)
  const [one, other] = [await world.start(), await world.start()]
  const who = person()

  const client = await openStream(streamUrl(other.url, await one.ticket(who)))
  await client.until((messages) => messages.length > 0)

  t.is(client.messages[0]?.type, 'ready')
})

test('redis holds neither the ticket nor the token', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const { connectTestRedis } = await import('@medqueue/testing')
  const redis = await connectTestRedis(t)
  const ticket = await replica.ticket(person())

  const keys = await redis.keys(`${world.prefix}:stream-ticket:*`)
  const values = await Promise.all(keys.map(async (key) => redis.get(key)))
  const ttl = await redis.ttl(keys[0] ?? '')

  t.is(keys.length, 1)
  t.false(JSON.stringify([keys, values]).includes(ticket))
  t.false(JSON.stringify(values).includes('eyJ'), 'no JWT in the value')
  t.true(ttl > 0 && ttl <= 30)
})

test('the socket is closed with 4401 when the access token behind the ticket ends', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const exp = Math.ceil(Date.now() / 1_000) + 1
  const client = await replica.connect({ ...person(), exp })

  const { code } = await client.closed

  t.is(code, 4401)
  t.true(Date.now() >= exp * 1_000 - 5)
})

test('a page of a trusted origin gets in, one of another does not and keeps its ticket', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start({ env: { TRUSTED_ORIGINS: 'https://clinic.example' } })
  const url = streamUrl(replica.url, await replica.ticket(person()))

  const refused = await t.throwsAsync(openStream(url, { origin: 'https://evil.example' }), {
    instanceOf: Refused,
  })
  const client = await openStream(url, { origin: 'https://clinic.example' })

  t.is(refused.status, 403)
  t.is(refused.problem.code, 'REALTIME_ORIGIN_REFUSED')
  t.is(client.socket.readyState, client.socket.OPEN)
})

test('a person may have only so many sockets, and may come in again when one has closed', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start({ env: { MAX_SOCKETS_PER_PERSON: '2' } })
  const who = person()
  const [first] = [await replica.connect(who), await replica.connect(who)]

  const refused = await t.throwsAsync(replica.connect(who), { instanceOf: Refused })
  first.socket.close()
  await first.closed
  const again = await replica.connect(who)

  t.is(refused.status, 429)
  t.is(refused.problem.code, 'REALTIME_TOO_MANY_SOCKETS')
  t.is(again.socket.readyState, again.socket.OPEN)
})

test('a full replica says so before it takes the ticket', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start({ env: { MAX_SOCKETS: '1' } })
  const first = await replica.connect(person())
  const url = streamUrl(replica.url, await replica.ticket(person()))

  const refused = await t.throwsAsync(openStream(url), { instanceOf: Refused })
  first.socket.close()
  await first.closed
  const second = await openStream(url)

  t.is(refused.status, 503)
  t.is(refused.problem.code, 'REALTIME_FULL')
  t.truthy(refused.headers['retry-after'])
  t.is(second.socket.readyState, second.socket.OPEN)
})

test('a client that speaks is closed with 1008', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const client = await replica.connect(person())

  client.socket.send('hello')

  t.is((await client.closed).code, 1008)
})

test('a client that sends a large frame is closed and harms nobody', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const [loud, quiet] = [await replica.connect(person()), await replica.connect(person())]

  loud.socket.send(Buffer.alloc(1_048_576))
  await loud.closed

  t.is(quiet.socket.readyState, quiet.socket.OPEN)
})

test('who does not answer pings is cut, who does stays', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start({ env: { HEARTBEAT_MS: '300' } })
  const [dead, alive] = [await replica.connect(person()), await replica.connect(person())]
  dead.socket.pong = () => undefined
  const pings = new Promise<void>((resolve) => {
    let count = 0
    alive.socket.on('ping', () => (++count === 5 ? resolve() : undefined))
  })

  const { code } = await dead.closed
  await pings

  t.is(code, 1006)
  t.is(alive.socket.readyState, alive.socket.OPEN)
})

test('a stopping replica closes with 1001, and another one goes on from the last id', async (t) => {
  const world = await createWorld(t)
  const [one, other] = [await world.start(), await world.start()]
  const who = person()
  const pair = { doctorId: randomUUID(), patientId: who.id }
  const client = await one.connect(who)
  const first = await world.publish(pair)
  await client.until(() => client.events().length === 1)

  await one.app.close()
  const { code } = await client.closed
  const second = await world.publish(pair)
  const resumed = await other.connect(who, client.lastEventId())
  await resumed.until(() => resumed.events().length === 1)

  t.is(code, 1001)
  t.deepEqual(
    client.events().map(({ id }) => id),
    [String(first)],
  )
  t.deepEqual(
    resumed.events().map(({ id }) => id),
    [String(second)],
  )
})

test('messages that are no appointment event are passed over', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const who = person()
  const client = await replica.connect(who)
  const subject = `${world.prefix}.appointment.booked.${randomUUID()}.${who.id}`

  for (const body of ['not json', '{}', '{"type":"x","occurredAt":"y","data":{"patientName":"A"}}']) {
    await world.broker.js.publish(subject, body)
  }
  const seq = await world.publish({ doctorId: randomUUID(), patientId: who.id })
  await client.until(() => client.events().length > 0)
  const figures = await (await fetch(`${replica.url}/metrics`)).text()

  t.deepEqual(
    client.events().map(({ id }) => id),
    [String(seq)],
  )
  t.regex(figures, /realtime_undecodable_total{[^}]*} 3/)
  t.regex(figures, /realtime_open_sockets{[^}]*} 1/)
  t.regex(figures, /realtime_delivered_total{way="live"[^}]*} 1/)
  t.regex(figures, /realtime_lag_events{[^}]*} 0/)
})
