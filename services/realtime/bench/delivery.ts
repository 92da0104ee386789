/**
 * How long an event takes from `publish` to the socket of the patient and of the doctor, with many sockets open.
 *
 *   TEST_NATS_URL=… TEST_NATS_MONITOR_URL=… TEST_REDIS_URL=… node services/realtime/bench/delivery.ts [sockets] [events/s] [seconds] [gateway]
 *
 * One replica of the service runs as a process of its own; sockets and publisher are in this one. With `gateway` as the
 * fourth word the sockets come through a gateway, which is one more process.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { namesOf, streamsOf } from '@medqueue/contracts'
import { connectBroker, ensureStream } from '@medqueue/messaging'
import { createTokenIssuer, testServers, type TokenIssuer } from '@medqueue/testing'
import { WebSocket } from 'ws'

import { bookedEvent, streamUrl } from '../test/helpers/world.ts'

const [sockets = 5_000, rate = 200, seconds = 20] = process.argv.slice(2, 5).map(Number)
const DOCTORS = Math.ceil(sockets / 50)
const say = (line: string) => process.stdout.write(`${line}\n`)
const prefix = `bench${process.pid}`
const servers = testServers()
const issuer = await createTokenIssuer()
const broker = await connectBroker({
  url: servers.natsUrl,
  monitorUrl: servers.natsMonitorUrl,
  name: 'bench',
})
const definition = { ...streamsOf(prefix).appointmentEvents, maxBytes: 256 * 1024 ** 2 }
await ensureStream(broker.jsm, definition)

const env = {
  ISSUER: issuer.issuer,
  JWKS_URL: issuer.jwksUrl,
  NATS_URL: servers.natsUrl,
  NATS_MONITOR_URL: servers.natsMonitorUrl,
  REDIS_URL: servers.redisUrl,
  SUBJECT_PREFIX: prefix,
  RATE_LIMIT_PER_MINUTE: '0',
  LOG_LEVEL: 'error',
}
const { child: service, url: serviceUrl } = await start('../src/main.ts', {})
const gateway =
  process.argv[5] === 'gateway'
    ? await start('../../gateway/src/main.ts', { UPSTREAM_REALTIME: serviceUrl })
    : undefined
const url = gateway?.url ?? serviceUrl
try {
  await measure()
} finally {
  for (const child of [gateway?.child, service]) {
    if (child?.kill('SIGTERM') === true) await once(child, 'exit')
  }
  await broker.jsm.streams.delete(definition.name)
  await broker.close()
  await issuer.close()
}

async function start(
  main: string,
  own: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort()
  const child = spawn(process.execPath, [join(import.meta.dirname, main)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, ...own, PORT: String(port) },
  })
  const address = `http://127.0.0.1:${port}`
  await until(async () => (await fetch(`${address}/readyz`)).ok)
  return { child, url: address }
}

async function measure(): Promise<void> {
  const sentAt = new Map<string, number>()
  const delays: number[] = []
  const people = Array.from({ length: sockets }, (): string => randomUUID())
  const started = performance.now()
  const clients = await connectAll(people, (appointmentId) => {
    delays.push(performance.now() - (sentAt.get(appointmentId) ?? NaN))
  })
  say(
    `${sockets} sockets open after ${inSeconds(performance.now() - started)}; ${memory(service.pid)} MB in the service`,
  )

  const events = await publishAll(people, sentAt)
  const expected = events * 2
  await until(async () => delays.length >= expected)
  delays.sort((a, b) => a - b)
  const at = (share: number) => (delays[Math.floor((delays.length - 1) * share)] ?? NaN).toFixed(1)
  say(
    `${events} events at ${rate}/s, ${delays.length} of ${expected} deliveries; ${memory(service.pid)} MB in the service`,
  )
  say(`publish to delivery: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`)

  for (const client of clients) client.terminate()
  const again = performance.now()
  const resumed = await connectAll(people, () => undefined, '0')
  say(`${sockets} sockets back with a replay from memory after ${inSeconds(performance.now() - again)}`)
  for (const client of resumed) client.terminate()
}

/** The first in every fifty are doctors; every event joins one of them with one of the others. */
async function publishAll(people: string[], sentAt: Map<string, number>): Promise<number> {
  const pending: Promise<unknown>[] = []
  // Looked at below, all together.
  const keep = (publishing: Promise<unknown>) => {
    publishing.catch(() => undefined)
    pending.push(publishing)
  }
  const start = performance.now()
  for (let sent = 0; sent < rate * seconds; sent++) {
    const due = start + (sent * 1_000) / rate
    const wait = due - performance.now()
    if (wait > 0) await delay(wait)
    const doctorId = people[Math.floor(Math.random() * DOCTORS)] ?? ''
    const patientId = people[DOCTORS + Math.floor(Math.random() * (sockets - DOCTORS))] ?? ''
    const event = bookedEvent({ doctorId, patientId })
    sentAt.set(event.data.appointmentId, performance.now())
    const subject = namesOf(prefix).subjects.appointment('booked', doctorId, patientId)
    keep(broker.js.publish(subject, JSON.stringify(event)))
  }
  const stored = await Promise.allSettled(pending)
  const refused = stored.filter(({ status }) => status === 'rejected').length
  if (refused > 0)
    throw new Error(`the broker did not store ${refused} events in time: this machine is too busy`)
  return pending.length
}

async function connectAll(
  people: string[],
  onEvent: (appointmentId: string) => void,
  lastEventId?: string,
): Promise<WebSocket[]> {
  const clients: WebSocket[] = []
  const queue = people.entries()
  const worker = async () => {
    for (const [index, id] of queue) {
      const ticket = await takeTicket(issuer, id, index < DOCTORS ? 'doctor' : 'patient')
      const client = new WebSocket(streamUrl(url, ticket, lastEventId))
      client.on('message', (data: Buffer) => {
        const { type, data: event } = JSON.parse(data.toString('utf8')) as {
          type: string
          data: { appointmentId: string }
        }
        if (type.startsWith('appointment.')) onEvent(event.appointmentId)
      })
      const ready = once(client, 'message')
      await once(client, 'open')
      await ready
      clients.push(client)
    }
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  return clients
}

async function takeTicket({ token }: TokenIssuer, sub: string, role: 'doctor' | 'patient'): Promise<string> {
  const answer = await fetch(`${url}/v1/stream/tickets`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token({ sub, roles: [role], exp: Math.floor(Date.now() / 1_000) + 3_600 })}`,
    },
  })
  return ((await answer.json()) as { ticket: string }).ticket
}

function memory(pid = 0): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024).toFixed(0)
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await condition().catch(() => false))) {
    if (performance.now() > end) throw new Error('waited for a minute')
    await delay(20)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
