import { randomUUID } from 'node:crypto'

import { namesOf, streamsOf } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import { testServers } from '@medqueue/testing'
import test from 'ava'

import { openStream, Refused } from '../helpers/client.ts'
import { wireTo } from '../helpers/wire.ts'
import { createWorld, streamUrl } from '../helpers/world.ts'

test('with redis away no ticket is issued or taken, and open sockets go on', async (t) => {
  const world = await createWorld(t)
  const wire = await wireTo(t, testServers().redisUrl)
  const replica = await world.start({ redisUrl: wire.url })
  const who = { id: randomUUID() }
  const client = await replica.connect(who)
  const unused = await replica.ticket(who)

  await wire.cut()
  const token = world.issuer.token({ sub: who.id, roles: ['patient'] })
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${replica.url}/v1/stream/tickets`, { method: 'POST', headers })
  const refused = await t.throwsAsync(openStream(streamUrl(replica.url, unused)), { instanceOf: Refused })
  const seq = await world.publish({ doctorId: randomUUID(), patientId: who.id })
  await client.until(() => client.lastEventId() === String(seq))

  t.is(answer.status, 503)
  t.truthy(answer.headers.get('retry-after'))
  t.is(((await answer.json()) as { code: string }).code, 'REALTIME_TICKETS_UNAVAILABLE')
  t.is(refused.status, 503)
  t.is((await fetch(`${replica.url}/readyz`)).status, 200)
})

test('with the broker away sockets stay, and catch up when it is back', async (t) => {
  const world = await createWorld(t)
  const wire = await wireTo(t, testServers().natsUrl)
  const replica = await world.start({ natsUrl: wire.url, env: { RECENT_EVENTS: '4' } })
  const who = { id: randomUUID() }
  const pair = { doctorId: randomUUID(), patientId: who.id }
  const client = await replica.connect(who)
  const first = await world.publish(pair)
  await client.until(() => client.lastEventId() === String(first))

  await wire.cut()
  const missed = [await world.publish(pair), await world.publish(pair)]
  const late = await replica.connect(who, '0')
  await wire.mend()
  const last = await world.publish(pair)
  await Promise.all([client, late].map(async (one) => one.until(() => one.lastEventId() === String(last))))

  t.deepEqual(
    client.events().map(({ id }) => Number(id)),
    [first, ...missed, last],
  )
  t.deepEqual(
    late.events().map(({ id }) => Number(id)),
    [first, ...missed, last],
  )
})

test('events stored while connections to the broker break again and again come once and in order', async (t) => {
  const world = await createWorld(t)
  const wire = await wireTo(t, testServers().natsUrl)
  const replica = await world.start({ natsUrl: wire.url })
  const who = { id: randomUUID() }
  const client = await replica.connect(who)

  const seqs: number[] = []
  for (let round = 0; round < 5; round++) {
    const publishing = Promise.all(
      Array.from({ length: 100 }, async () => world.publish({ doctorId: randomUUID(), patientId: who.id })),
    )
    await wire.cut()
    await wire.mend()
    seqs.push(...(await publishing))
  }
  seqs.sort((a, b) => a - b)
  await client.until(() => client.lastEventId() === String(seqs.at(-1)))

  t.deepEqual(
    client.events().map(({ id }) => Number(id)),
    seqs,
  )
})

test('a stream made anew under the old name resets live sockets, and they go on', async (t) => {
  const world = await createWorld(t)
  const wire = await wireTo(t, testServers().natsUrl)
  const replica = await world.start({ natsUrl: wire.url })
  const who = { id: randomUUID() }
  const pair = { doctorId: randomUUID(), patientId: who.id }
  const client = await replica.connect(who)
  const old = await world.publish(pair)
  await client.until(() => client.lastEventId() === String(old))

  await wire.cut()
  await world.broker.jsm.streams.delete(namesOf(world.prefix).streams.appointmentEvents)
  const definition = { ...streamsOf(world.prefix).appointmentEvents, maxBytes: 64 * 1024 ** 2 }
  await ensureStream(world.broker.jsm, definition)
  await wire.mend()
  await client.until((messages) => messages.at(-1)?.type === 'reset')
  const anew = await world.publish(pair)
  await client.until(() => client.messages.at(-1)?.type === 'appointment.booked')

  t.is(anew, 1)
  t.deepEqual(
    client.messages.map(({ id, type }) => `${type} ${id}`),
    ['ready 0', `appointment.booked ${old}`, 'reset 0', `appointment.booked ${anew}`],
  )
})
