import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

import { headers } from '@nats-io/transport-node'
import { namesOf, streamsOf } from '@medqueue/contracts'
import { connectTestBroker, type Scope, testPrefix, testServers } from '@medqueue/testing'
import test from 'ava'

import { connectBroker, ensureStream, storeMessage } from '../src/index.ts'

const PATIENT = 60_000
const options = () => ({ timeoutMs: PATIENT, headers: headers() })

test('a message waits while nobody answers for its stream', async (t) => {
  const broker = await connectTestBroker(t)
  const prefix = testPrefix(t)
  const { subjects } = namesOf(prefix)

  const stored = storeMessage(broker, subjects.bookingRequests(0), 'one', options())
  await ensureStream(broker.jsm, streamsOf(prefix).bookingRequests)

  await t.notThrowsAsync(stored)
  const { state } = await broker.jsm.streams.info(namesOf(prefix).streams.bookingRequests)
  t.is(state.messages, 1)
})

test('a message is given up when nobody has answered for its stream in time', async (t) => {
  const broker = await connectTestBroker(t)
  const { subjects } = namesOf(testPrefix(t))
  const stored = storeMessage(broker, subjects.bookingRequests(0), 'one', { ...options(), timeoutMs: 300 })
  await t.throwsAsync(stored, { name: 'JetStreamNotEnabled' })
})

/** A way to the broker that breaks once, when a message to the subject comes: it never arrives. */
async function breakingWay(scope: Scope, subject: string) {
  const target = new URL(testServers().natsUrl)
  const sockets = new Set<Socket>()
  let broken = 0
  const server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname)
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        inner.destroy()
        outer.destroy()
      })
    }
    outer.on('data', (chunk) => inner.write(chunk))
    inner.on('data', (chunk) => {
      if (broken > 0 || !chunk.includes(`HPUB ${subject}`)) return outer.write(chunk)
      broken++
      return inner.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`, broken: () => broken }
}

test('a message whose connection breaks on the way is sent again', async (t) => {
  const prefix = testPrefix(t)
  const { subjects } = namesOf(prefix)
  const subject = subjects.bookingRequests(0)
  const way = await breakingWay(t, subject)
  const { natsMonitorUrl: monitorUrl } = testServers()
  const broker = await connectBroker({ url: way.url, monitorUrl, name: 'breaking' })
  t.teardown(async () => broker.close())
  await ensureStream(broker.jsm, streamsOf(prefix).bookingRequests)

  const fields = headers()
  fields.set('Requests', '1')
  await storeMessage(broker, subject, 'one', { timeoutMs: PATIENT, headers: fields })

  t.is(way.broken(), 1)
  const { state } = await broker.jsm.streams.info(namesOf(prefix).streams.bookingRequests)
  t.is(state.messages, 1)
})
