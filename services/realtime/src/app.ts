import { randomBytes } from 'node:crypto'

import websocket from '@fastify/websocket'
import { namesOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'
import { buildService, type Service, type ServiceOptions } from '@medqueue/service-kit'
import type { RedisClientType } from 'redis'

import type { RealtimeConfig } from './config.ts'
import { Grants, type Pair } from './domain/grants.ts'
import { parseOrigins } from './domain/origins.ts'
import { RealtimeErrors } from './errors.ts'
import { startFeed } from './events/feed.ts'
import { fanOut, followWindows } from './events/fan-out.ts'
import { followGrants } from './events/follow-grants.ts'
import { historyReader } from './events/history.ts'
import { limited } from './events/limited.ts'
import { coalesced, readStreamState } from './events/stream-bounds.ts'
import { Hub } from './hub/hub.ts'
import { SlotSockets } from './hub/slot-sockets.ts'
import { SlotTopics } from './hub/slot-topics.ts'
import { Sockets } from './hub/sockets.ts'
import { type RealtimeMetrics, realtimeMetrics } from './metrics.ts'
import { slotStreamRoutes } from './routes/slot-stream.ts'
import { streamRoutes } from './routes/stream.ts'
import { ticketRoutes } from './routes/tickets.ts'
import { ticketStore } from './store/tickets.ts'

export const NAME = 'realtime'
export const VERSION = '0.1.0'

export interface Deps {
  broker: Broker
  redis: RedisClientType
  now: () => Date
  logger?: NonNullable<ServiceOptions['logger']>
}

const SERVER_OPTIONS = {
  /** Bytes of one frame from a client, which has nothing to say. */
  maxPayload: 1_024,
  /** How long a client may take to answer a close; milliseconds. */
  closeTimeout: 10_000,
  perMessageDeflate: false,
}
/** Wait before a replay is tried again; milliseconds. */
const REPLAY_RETRY_MS = 500

/** The WebSocket hub. The event stream must exist. It does not listen. */
export async function buildApp(config: RealtimeConfig, deps: Deps): Promise<Service> {
  const { redis, now } = deps
  const hub = new Hub(config.RECENT_EVENTS)
  const readiness = {
    // Redis is not needed by those who are connected, and a replica that lost the broker can still hold them.
    events: async () => {
      if (!sockets.started) throw new Error('the newest events have not been read yet')
    },
  }
  const app = await buildService({
    ...deps,
    name: NAME,
    version: VERSION,
    config,
    errors: RealtimeErrors,
    readiness,
  })
  const metrics = realtimeMetrics(app, { people: () => hub.size, slots: () => slots.size })
  const grants = new Grants()
  const parts = { app, config, deps, hub, grants, topics: new SlotTopics(), metrics }
  const sockets = makeSockets(parts)
  const slots = makeSlotSockets(parts)
  await app.register(websocket, {
    options: SERVER_OPTIONS,
    errorHandler: (error, socket) => {
      app.log.debug({ err: error }, 'Socket failed')
      socket.terminate()
    },
    preClose: (done) => {
      sockets.stop()
      slots.stop()
      app.websocketServer.close(() => undefined)
      done()
    },
  })
  const tickets = ticketStore(redis, config.SUBJECT_PREFIX === '' ? '' : `${config.SUBJECT_PREFIX}:`)
  const assertActs = (pair: Pair) => sockets.assertActs(pair)
  const newTicket = () => randomBytes(32).toString('base64url')
  await app.register(ticketRoutes, { tickets, newTicket, now, assertActs })
  const trustedOrigins = parseOrigins(config.TRUSTED_ORIGINS)
  await app.register(streamRoutes, {
    tickets,
    trustedOrigins,
    assertRoom: () => sockets.assertRoom(),
    assertRoomFor: (person) => sockets.assertRoomFor(person),
    assertActs,
    accept: (socket, claims, lastEventId) => sockets.accept(socket, claims, lastEventId),
  })
  await app.register(slotStreamRoutes, {
    trustedOrigins,
    assertRoom: (address) => slots.assertRoom(address),
    accept: (socket, doctorIds, address) => slots.accept(socket, doctorIds, address),
  })
  readEvents(parts, {
    onGap: () => slots.reset(),
    onWarm: () => {
      sockets.start()
      slots.start()
    },
  })
  return app
}

interface Parts {
  app: Service
  config: RealtimeConfig
  deps: Deps
  hub: Hub
  grants: Grants
  topics: SlotTopics
  metrics: RealtimeMetrics
}

function makeSockets({ app, config, deps, hub, grants, metrics }: Parts): Sockets {
  const { broker, now } = deps
  const stream = namesOf(config.SUBJECT_PREFIX).streams.appointmentEvents
  return new Sockets({
    hub,
    grants,
    readHistory: limited(
      historyReader({ broker, stream, prefix: config.SUBJECT_PREFIX }),
      config.MAX_REPLAYS,
    ),
    readBounds: coalesced(() => readStreamState(broker, stream)),
    now,
    limits: {
      maxSockets: config.MAX_SOCKETS,
      maxPerPerson: config.MAX_SOCKETS_PER_PERSON,
      maxBufferedBytes: config.MAX_BUFFERED_BYTES,
      drainTimeoutMs: config.DRAIN_TIMEOUT_MS,
      retryMs: REPLAY_RETRY_MS,
      heartbeatMs: config.HEARTBEAT_MS,
    },
    events: {
      onClosed: (reason) => metrics.closed.inc({ reason }),
      onSent: (live) => metrics.delivered.inc({ way: live ? 'live' : 'replay' }),
      onReplayFailed: (error) => {
        metrics.replayFailures.inc()
        app.log.warn({ err: error }, 'Replay interrupted; trying again')
      },
    },
  })
}

function makeSlotSockets({ config, deps, hub, topics, metrics }: Parts): SlotSockets {
  return new SlotSockets({
    topics,
    head: () => hub.recent.head,
    now: deps.now,
    limits: {
      maxSockets: config.MAX_SLOT_SOCKETS,
      maxPerAddress: config.MAX_SLOT_SOCKETS_PER_ADDRESS,
      maxBufferedBytes: config.MAX_BUFFERED_BYTES,
      heartbeatMs: config.HEARTBEAT_MS,
    },
    onClosed: (reason) => metrics.closed.inc({ reason }),
  })
}

function readEvents({ app, config, deps, hub, grants, topics, metrics }: Parts, told: Told): void {
  const prefix = config.SUBJECT_PREFIX
  const { streams, subject } = namesOf(prefix)
  const fan = { hub, topics, metrics, prefix, now: deps.now }
  app.addHook('onReady', async () => {
    const feed = startFeed({
      broker: deps.broker,
      stream: streams.appointmentEvents,
      subject: subject('appointment.>'),
      warm: config.RECENT_EVENTS,
      logger: app.log,
      onStart: (seq) => {
        hub.restart(seq)
        told.onGap()
      },
      onMessage: (message) => fanOut(message, fan),
    })
    const windows = followWindows({ ...fan, broker: deps.broker, logger: app.log, onGap: told.onGap })
    const granted = followGrants({
      ...{ broker: deps.broker, prefix, grants, logger: app.log },
      onUndecodable: () => metrics.undecodable.inc(),
    })
    void feed.warmed.then(told.onWarm)
    void granted.warmed.then(() => grants.open())
    app.addHook('onClose', async () => {
      windows.stop()
      await Promise.all([feed.stop(), granted.stop()])
    })
  })
}

interface Told {
  /** The newest events have been read. */
  onWarm: () => void
  /** Something may have been missed that is not told again. */
  onGap: () => void
}
