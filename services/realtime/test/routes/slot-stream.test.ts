import { randomUUID } from 'node:crypto'

import { namesOf, streamsOf, WINDOWS_CHANGED } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import { testServers } from '@medqueue/testing'
import test from 'ava'

import { openStream, Refused } from '../helpers/client.ts'
import { wireTo } from '../helpers/wire.ts'
import { createWorld, slotStreamUrl } from '../helpers/world.ts'

const VISIT = { start: '2027-03-02T09:00:00Z', end: '2027-03-02T09:30:00Z' }

test('whoever looks at a doctor hears, without a ticket, what is taken and what may be free, and nothing of people', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const [doctorId, other] = [randomUUID(), randomUUID()]
  const page = await replica.watch([doctorId, other])
  const pair = { doctorId, patientId: randomUUID() }

  await world.publishAs('held', pair, { status: 'held' })
  await world.publish({ ...pair, doctorId: randomUUID() })
  await world.publishAs('arrived', pair, { status: 'arrived' })
  await world.publishAs('moved', { ...pair, doctorId: other }, { previous: { doctorId, ...VISIT } })
  await page.until(() => page.events().length === 3)

  t.is(page.messages[0]?.type, 'ready')
  t.deepEqual(
    page.events().map(({ type, data }) => ({ type, data })),
    [
      { type: 'slots.taken', data: { doctorId, ...VISIT } },
      { type: 'slots.changed', data: { doctorId, ...VISIT } },
      { type: 'slots.taken', data: { doctorId: other, ...VISIT } },
    ],
  )
  t.false(JSON.stringify(page.messages).includes(pair.patientId))
})

test('new windows of a doctor are told to who looks at them', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start()
  const doctorId = randomUUID()
  const page = await replica.watch([doctorId])

  for (const id of [randomUUID(), doctorId])
    world.broker.nc.publish(namesOf(world.prefix).subject(WINDOWS_CHANGED), id)
  await page.until(() => page.events().length > 0)

  t.deepEqual(
    page.events().map(({ type, data }) => ({ type, data })),
    [{ type: 'slots.changed', data: { doctorId, start: null, end: null } }],
  )
})

test('after a broken connection to the broker everybody is asked to search again', async (t) => {
  const world = await createWorld(t)
  const wire = await wireTo(t, testServers().natsUrl)
  const replica = await world.start({ natsUrl: wire.url })
  const page = await replica.watch([randomUUID()])

  await wire.cut()
  await wire.mend()
  await page.until((messages) => messages.some(({ type }) => type === 'reset'))

  t.is(page.socket.readyState, page.socket.OPEN)
})

test('a stream made anew asks everybody to search again', async (t) => {
  const world = await createWorld(t)
  const wire = await wireTo(t, testServers().natsUrl)
  const replica = await world.start({ natsUrl: wire.url })
  const page = await replica.watch([randomUUID()])
  const definition = { ...streamsOf(world.prefix).appointmentEvents, maxBytes: 64 * 1024 ** 2 }

  await wire.cut()
  await world.broker.jsm.streams.delete(definition.name)
  await ensureStream(world.broker.jsm, definition)
  await wire.mend()
  // One for the connection, one for the stream.
  await page.until((messages) => messages.filter(({ type }) => type === 'reset').length === 2)

  t.is(page.socket.readyState, page.socket.OPEN)
})

const id = randomUUID()
const wrong: Record<string, string> = {
  'without doctors': '',
  'with a doctor who is no id': '?doctorIds=x',
  'with a wildcard': '?doctorIds=*',
  'with an empty place in the list': `?doctorIds=${id},`,
  'with 51 doctors': `?doctorIds=${Array.from({ length: 51 }, () => id).join(',')}`,
  'with an unknown parameter': `?doctorIds=${id}&patientId=${id}`,
}
for (const [what, query] of Object.entries(wrong)) {
  test(`a socket asked for ${what} is refused with 400`, async (t) => {
    const replica = await (await createWorld(t)).start()
    const url = `${replica.url.replace('http', 'ws')}/v1/stream/slots${query}`

    const refused = await t.throwsAsync(openStream(url), { instanceOf: Refused })

    t.is(refused.status, 400)
    t.is(refused.problem.code, 'VALIDATION_FAILED')
  })
}

test('plain HTTP is refused with 426, a page of another site with 403', async (t) => {
  const replica = await (await createWorld(t)).start({ env: { TRUSTED_ORIGINS: 'https://clinic.example' } })
  const url = slotStreamUrl(replica.url, [id])

  const plain = await fetch(url.replace('ws', 'http'))
  const foreign = await t.throwsAsync(openStream(url, { origin: 'https://evil.example' }), {
    instanceOf: Refused,
  })

  t.is(plain.status, 426)
  t.is(foreign.status, 403)
})

test('an address may have only so many, and all together only so many; people keep theirs', async (t) => {
  const world = await createWorld(t)
  const env = { MAX_SLOT_SOCKETS: '3', MAX_SLOT_SOCKETS_PER_ADDRESS: '2', TRUST_PROXY: '127.0.0.1' }
  const replica = await world.start({ env })
  const from = (address: string) =>
    openStream(slotStreamUrl(replica.url, [id]), { 'x-forwarded-for': address })
  const [first] = [await from('192.0.2.1'), await from('192.0.2.1')]

  const third = await t.throwsAsync(from('192.0.2.1'), { instanceOf: Refused })
  await from('192.0.2.2')
  const full = await t.throwsAsync(from('192.0.2.3'), { instanceOf: Refused })
  const own = await replica.connect({ id: randomUUID() })
  first.socket.close()
  await first.closed
  const again = await from('192.0.2.1')

  t.is(third.problem.code, 'REALTIME_TOO_MANY_SOCKETS')
  t.is(full.problem.code, 'REALTIME_FULL')
  t.is(own.socket.readyState, own.socket.OPEN)
  t.is(again.socket.readyState, again.socket.OPEN)
})

test('who speaks is closed with 1008, who does not answer pings is cut, who reads too slowly is closed with 1013', async (t) => {
  const world = await createWorld(t)
  const replica = await world.start({ env: { HEARTBEAT_MS: '300', MAX_BUFFERED_BYTES: '1024' } })
  const doctorId = randomUUID()
  const [loud, dead, slow] = [
    await replica.watch([doctorId]),
    await replica.watch([doctorId]),
    await replica.watch([doctorId]),
  ]
  dead.socket.pong = () => undefined
  slow.socket.pause()

  loud.socket.send('hello')
  t.is((await loud.closed).code, 1008)
  t.is((await dead.closed).code, 1006)
  const figures = async () => (await fetch(`${replica.url}/metrics`)).text()
  while (!/realtime_open_slot_sockets{[^}]*} 0/.test(await figures())) {
    const pair = { doctorId, patientId: randomUUID() }
    await Promise.all(Array.from({ length: 200 }, async () => world.publish(pair)))
  }
  slow.socket.resume()

  t.true([1006, 1013].includes((await slow.closed).code))
})

test('a stopping replica closes with 1001', async (t) => {
  const replica = await (await createWorld(t)).start()
  const page = await replica.watch([id])

  await replica.app.close()

  t.is((await page.closed).code, 1001)
})
