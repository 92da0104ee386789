import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'

import { type AppointmentEvent, type EventEnvelope, namesOf, type Role, streamsOf } from '@medqueue/contracts'
import { type Broker, connectBroker, ensureStream } from '@medqueue/messaging'
import { connectRedis, createLogger, type Service } from '@medqueue/service-kit'
import {
  connectTestBroker,
  createTokenIssuer,
  type Scope,
  testPrefix,
  testServers,
  type TokenIssuer,
} from '@medqueue/testing'

import { buildApp } from '../../src/app.ts'
import { readConfig, type RealtimeConfig } from '../../src/config.ts'
import { openStream, patiently, Refused, type StreamClient } from './client.ts'

/** Two people of an appointment. */
export interface Pair {
  doctorId: string
  patientId: string
}

export interface World {
  broker: Broker
  prefix: string
  issuer: TokenIssuer
  /** Publishes one event for the pair; resolves with its sequence when the broker has stored it. */
  publish: (pair: Pair, overrides?: Partial<AppointmentEvent>) => Promise<number>
  /** The same for another type, such as `moved`. */
  publishAs: (type: string, pair: Pair, overrides?: Partial<AppointmentEvent>) => Promise<number>
  /** Starts a replica of the service. */
  start: (options?: StartOptions) => Promise<Replica>
}

export interface StartOptions {
  env?: Record<string, string>
  natsUrl?: string
  redisUrl?: string
  now?: () => Date
}

export interface Person {
  id: string
  /** Whose events they want, when not their own. */
  patientId?: string
  roles?: readonly Role[]
  /** When the access token ends; seconds since 1970. */
  exp?: number
}

export interface Replica {
  app: Service
  /** `http://127.0.0.1:port` */
  url: string
  config: RealtimeConfig
  ticket: (person: Person) => Promise<string>
  connect: (person: Person, lastEventId?: string) => Promise<StreamClient>
  /** Looks at the slots of doctors, as a page does. */
  watch: (doctorIds: readonly string[]) => Promise<StreamClient>
}

/** A stream, its own or that of a prefix that is there, an issuer, and as many replicas as a test asks for. */
export async function createWorld(scope: Scope, prefix = testPrefix(scope)): Promise<World> {
  const broker = await connectTestBroker(scope)
  const issuer = await createTokenIssuer(scope)
  const definition = { ...streamsOf(prefix).appointmentEvents, maxBytes: 64 * 1024 ** 2 }
  await ensureStream(broker.jsm, definition)
  const publishAs: World['publishAs'] = async (type, pair, overrides) => {
    const event = { ...bookedEvent(pair, overrides), type: `appointment.${type}` }
    const { seq } = await broker.js.publish(subjectOf(prefix, type, event.data), JSON.stringify(event))
    return seq
  }
  return {
    broker,
    prefix,
    issuer,
    publish: async (pair, overrides) => publishAs('booked', pair, overrides),
    publishAs,
    start: async (options) => startReplica(scope, { prefix, issuer }, options ?? {}),
  }
}

/** As booking makes it. */
function subjectOf(
  prefix: string,
  type: string,
  { doctorId, patientId, previous }: AppointmentEvent,
): string {
  const before = previous?.doctorId === doctorId ? undefined : previous?.doctorId
  return namesOf(prefix).subjects.appointment(type, doctorId, patientId, before)
}

/** An event as booking publishes it. */
export function bookedEvent(
  pair: Pair,
  overrides: Partial<AppointmentEvent> = {},
): EventEnvelope<AppointmentEvent> {
  const appointmentId = randomUUID()
  return {
    id: randomUUID(),
    type: 'appointment.booked',
    source: 'booking',
    subject: appointmentId,
    version: 1,
    occurredAt: '2027-03-01T09:00:00Z',
    data: {
      appointmentId,
      ...pair,
      serviceId: randomUUID(),
      clinicId: null,
      start: '2027-03-02T09:00:00Z',
      end: '2027-03-02T09:30:00Z',
      status: 'booked',
      reason: null,
      ...overrides,
    },
  }
}

async function startReplica(
  scope: Scope,
  { prefix, issuer }: Pick<World, 'prefix' | 'issuer'>,
  { env = {}, natsUrl, redisUrl, now = () => new Date() }: StartOptions,
): Promise<Replica> {
  const servers = testServers()
  const config = readConfig({
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    NATS_URL: natsUrl ?? servers.natsUrl,
    NATS_MONITOR_URL: servers.natsMonitorUrl,
    REDIS_URL: redisUrl ?? servers.redisUrl,
    SUBJECT_PREFIX: prefix,
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const logger = createLogger({ service: 'realtime', level: config.LOG_LEVEL })
  const broker = await connectBroker({
    url: config.NATS_URL,
    monitorUrl: config.NATS_MONITOR_URL,
    name: 'realtime',
    // A busy test machine is no failure of the code.
    answerTimeoutMs: 60_000,
  })
  const redis = await connectRedis(config.REDIS_URL, logger)
  const app = await buildApp(config, { broker, redis, now, logger })
  scope.teardown(async () => {
    await app.close()
    redis.destroy()
    await broker.close()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  await untilReady(url)
  const ticket = async (person: Person) => patiently(async () => takeTicket(url, issuer, person))
  return {
    app,
    url,
    config,
    ticket,
    connect: async (person, lastEventId) => openStream(streamUrl(url, await ticket(person), lastEventId)),
    watch: async (doctorIds) => openStream(slotStreamUrl(url, doctorIds)),
  }
}

export function streamUrl(url: string, ticket: string, lastEventId?: string): string {
  const query = new URLSearchParams({ ticket, ...(lastEventId === undefined ? {} : { lastEventId }) })
  return `${url.replace('http', 'ws')}/v1/stream?${query.toString()}`
}

export const slotStreamUrl = (url: string, doctorIds: readonly string[]) =>
  `${url.replace('http', 'ws')}/v1/stream/slots?doctorIds=${doctorIds.join(',')}`

async function takeTicket(
  url: string,
  issuer: TokenIssuer,
  { id, patientId, roles = ['patient'], exp }: Person,
): Promise<string> {
  const token = issuer.token({ sub: id, roles, ...(exp === undefined ? {} : { exp }) })
  const answer = await fetch(`${url}/v1/stream/tickets`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(patientId === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(patientId === undefined ? {} : { body: JSON.stringify({ patientId }) }),
  })
  const body = (await answer.json()) as { ticket?: string }
  if (body.ticket === undefined) throw new Refused(answer.status, body, {})
  return body.ticket
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`)
    await answer.body?.cancel()
    if (answer.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
