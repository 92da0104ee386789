import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import type { WebSocket as Accepted } from '@fastify/websocket'
import test, { type ExecutionContext } from 'ava'
import { WebSocket, WebSocketServer } from 'ws'

import type { Closing } from '../../src/domain/closing.ts'
import type { StreamMessage } from '../../src/domain/message.ts'
import type { LogEntry } from '../../src/domain/recent-log.ts'
import type { HistoryRange } from '../../src/events/history.ts'
import { Connection, type ConnectionDeps } from '../../src/hub/connection.ts'
import { Hub } from '../../src/hub/hub.ts'

const me = randomUUID()
const audience = { id: me, asDoctor: false }
const entry = (seq: number, padding = ''): LogEntry => {
  const text = JSON.stringify({ id: String(seq), type: 'event', occurredAt: '', data: padding })
  return { seq, doctorId: 'somebody', patientId: me, text }
}

/** A socket pair on loopback: the hub's end and the client's. */
async function socketPair(t: ExecutionContext) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const accepted = once(server, 'connection') as Promise<[Accepted]>
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const told: string[] = []
  client.on('message', (data: Buffer) => {
    const { id, type } = JSON.parse(data.toString('utf8')) as StreamMessage
    told.push(type === 'event' ? id : `${type} ${id}`)
  })
  const closed = once(client, 'close') as Promise<[number]>
  const [[socket]] = await Promise.all([accepted, once(client, 'open')])
  const toldUntil = async (last: string) => {
    while (told.at(-1) !== last) await once(client, 'message')
    return told
  }
  return { socket, client, told, toldUntil, closed }
}

interface Stored {
  /** What the stream holds besides the hub's memory. */
  entries: LogEntry[]
  first: number
  last: number
}

function depsFor(hub: Hub, stored: Stored, overrides: Partial<ConnectionDeps> = {}) {
  const ended: Closing[] = []
  const deps: ConnectionDeps = {
    hub,
    readBounds: async () => stored,
    readHistory: async function* ({ after, upTo }: HistoryRange) {
      yield* stored.entries.filter(({ seq }) => seq > after && seq <= upTo)
    },
    limits: { maxBufferedBytes: 65_536, drainTimeoutMs: 5_000, retryMs: 1 },
    now: () => new Date(0),
    onClosed: (why) => ended.push(why),
    onSent: () => undefined,
    onReplayFailed: () => undefined,
    ...overrides,
  }
  return { deps, ended }
}

/** A hub that has read everything up to `head` and remembers the last `capacity`. */
function hubAt(head: number, capacity: number): { hub: Hub; stored: Stored } {
  const hub = new Hub(capacity)
  const entries = Array.from({ length: head }, (_, i) => entry(i + 1))
  for (const one of entries) hub.publish(one)
  return { hub, stored: { entries, first: 1, last: head } }
}

test('events that arrive during a replay come after it, once', async (t) => {
  const { hub, stored } = hubAt(20, 4)
  const { socket, toldUntil } = await socketPair(t)
  const { deps } = depsFor(hub, stored, {
    readHistory: async function* ({ after, upTo }) {
      for (const one of stored.entries.filter(({ seq }) => seq > after && seq <= upTo)) {
        yield one
        // The stream goes on while the past is read: three new ones for each old one at first.
        for (let i = 0; i < 3 && hub.recent.head < 40; i++) {
          const next = entry(hub.recent.head + 1)
          stored.entries.push(next)
          stored.last = next.seq
          hub.publish(next)
        }
        await new Promise(setImmediate)
      }
    },
  })
  const connection = new Connection(socket, audience, deps)

  await connection.start(2)
  hub.publish(entry(41))
  const told = await toldUntil('41')

  const expected = Array.from({ length: 38 }, (_, i) => String(i + 3))
  t.deepEqual(told, [...expected, 'ready 40', '41'])
})

test('a client ahead of this replica is not told again what another one told it', async (t) => {
  const { hub, stored } = hubAt(10, 20)
  const { socket, toldUntil } = await socketPair(t)
  const { deps } = depsFor(hub, { ...stored, last: 13 })
  const connection = new Connection(socket, audience, deps)

  await connection.start(12)
  for (const seq of [11, 12, 13]) hub.publish(entry(seq))

  t.deepEqual(await toldUntil('13'), ['ready 12', '13'])
})

test('a replay that breaks is taken up again behind the last one sent', async (t) => {
  const { hub, stored } = hubAt(20, 4)
  const { socket, toldUntil } = await socketPair(t)
  let failures = 0
  const { deps } = depsFor(hub, stored, {
    readHistory: async function* ({ after, upTo }) {
      yield* stored.entries.filter(({ seq }) => seq > after && seq <= Math.min(upTo, after + 3))
      if (after + 3 < upTo) throw new Error('the broker is away')
    },
    onReplayFailed: () => (failures += 1),
  })
  const connection = new Connection(socket, audience, deps)

  await connection.start(0)
  const told = await toldUntil('ready 20')

  t.deepEqual(
    told.slice(0, -1),
    stored.entries.map(({ seq }) => String(seq)),
  )
  t.true(failures >= 5)
})

test('what the stream dropped during the replay is told by a reset', async (t) => {
  const { hub, stored } = hubAt(20, 4)
  const { socket, toldUntil } = await socketPair(t)
  const { deps } = depsFor(hub, stored, {
    readHistory: async function* ({ upTo }) {
      stored.first = 10
      yield* stored.entries.filter(({ seq }) => seq >= 10 && seq <= upTo)
    },
  })
  const connection = new Connection(socket, audience, deps)

  await connection.start(3)
  const told = await toldUntil('reset 20')

  t.is(told.filter((item) => item.startsWith('reset')).length, 1)
  t.is(connection.state, 'live')
})

test('a live client that does not read is closed with 1013 and can resume behind the last it got', async (t) => {
  const { hub, stored } = hubAt(0, 100_000)
  const { socket, client, told, closed } = await socketPair(t)
  const { deps, ended } = depsFor(hub, stored)
  const connection = new Connection(socket, audience, deps)
  await connection.start(undefined)
  client.pause()

  let seq = 0
  while (connection.state === 'live') hub.publish(entry(++seq, 'x'.repeat(4_096)))
  const sent = seq
  for (let i = 0; i < 100; i++) hub.publish(entry(++seq, 'x'))
  t.is(hub.size, 0)
  const gone = once(socket, 'close')
  client.resume()
  const [code] = await closed
  await gone

  t.is(code, 1013)
  t.deepEqual(ended, ['slow'])
  t.deepEqual(told, ['ready 0', ...Array.from({ length: sent }, (_, i) => String(i + 1))])
  const second = await socketPair(t)
  await new Connection(second.socket, audience, depsFor(hub, stored).deps).start(sent)
  t.is((await second.toldUntil(`ready ${seq}`)).length, 101)
})

test('a client that catches up sets the pace: little waits for it at a time', async (t) => {
  const hub = new Hub(100_000)
  for (let seq = 1; seq <= 2_000; seq++) hub.publish(entry(seq, 'x'.repeat(8_192)))
  const { socket, toldUntil } = await socketPair(t)
  let most = 0
  const { deps } = depsFor(
    hub,
    { entries: [], first: 1, last: 2_000 },
    {
      onSent: () => (most = Math.max(most, socket.bufferedAmount)),
    },
  )
  const connection = new Connection(socket, audience, deps)

  const [told] = await Promise.all([toldUntil('ready 2000'), connection.start(0)])

  t.is(told.length, 2_001)
  t.true(most < 65_536, `${most} bytes waited`)
})

test('what happens while a client takes its time to catch up reaches it too', async (t) => {
  const hub = new Hub(100_000)
  for (let seq = 1; seq <= 1_000; seq++) hub.publish(entry(seq, 'x'.repeat(8_192)))
  const { socket, toldUntil } = await socketPair(t)
  const publishOn = () => {
    if (hub.recent.head >= 1_200) return
    hub.publish(entry(hub.recent.head + 1))
    setImmediate(publishOn)
  }
  const { deps } = depsFor(hub, { entries: [], first: 1, last: 1_000 })
  const connection = new Connection(socket, audience, deps)

  const starting = connection.start(0)
  publishOn()
  await starting
  const told = await toldUntil('1200')

  const events = told.filter((item) => !item.startsWith('ready'))
  t.deepEqual(
    events,
    Array.from({ length: 1_200 }, (_, i) => String(i + 1)),
  )
})

test('a client that takes nothing while it catches up is closed with 1013', async (t) => {
  const hub = new Hub(100_000)
  for (let seq = 1; seq <= 3_000; seq++) hub.publish(entry(seq, 'x'.repeat(8_192)))
  const { socket, client, closed } = await socketPair(t)
  client.pause()
  const limits = { maxBufferedBytes: 65_536, drainTimeoutMs: 200, retryMs: 1 }
  const { deps } = depsFor(hub, { entries: [], first: 1, last: 3_000 }, { limits })
  const connection = new Connection(socket, audience, deps)

  await connection.start(0)
  client.resume()
  const [code] = await closed

  t.is(code, 1013)
})

test('a restart of the stream resets who is live and who is catching up', async (t) => {
  const { hub, stored } = hubAt(20, 4)
  const [one, two] = [await socketPair(t), await socketPair(t)]
  const live = new Connection(one.socket, audience, depsFor(hub, stored).deps)
  await live.start(undefined)
  const { deps } = depsFor(hub, stored, {
    readHistory: async function* () {
      hub.restart(0)
      yield* []
    },
  })

  await new Connection(two.socket, audience, deps).start(1)
  hub.publish(entry(1))

  t.deepEqual(await one.toldUntil('1'), ['ready 20', 'reset 0', '1'])
  t.deepEqual(await two.toldUntil('1'), ['reset 0', '1'])
})
