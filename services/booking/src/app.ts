import { randomUUID } from 'node:crypto'

import type { Broker } from '@medqueue/messaging'
import { buildService, type Service, type Turns } from '@medqueue/service-kit'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { RedisClientType } from 'redis'

import { createAnyDoctorBooking } from './api/any-doctor.ts'
import { createBooking } from './api/booking.ts'
import type { CatalogueCache } from './api/catalogue-cache.ts'
import type { ApiConfig } from './config.ts'
import { BookingErrors } from './errors.ts'
import { connectFhir } from './fhir/connect.ts'
import { FhirErrors } from './fhir/errors.ts'
import { registerFhir } from './fhir/routes/plugin.ts'
import type { Intake } from './intake/intake.ts'
import { registerFlows } from './flows.ts'
import { appointmentCalendarRoutes } from './routes/appointment-calendar.ts'
import { appointmentAlternativeRoutes } from './routes/appointment-alternatives.ts'
import { appointmentChangeRoutes } from './routes/appointment-changes.ts'
import { appointmentDecisionRoutes } from './routes/appointment-decisions.ts'
import { appointmentHistoryRoutes } from './routes/appointment-history.ts'
import { appointmentListRoutes } from './routes/appointment-list.ts'
import { appointmentMoveRoutes } from './routes/appointment-move.ts'
import { appointmentRoutes } from './routes/appointments.ts'
import { bookingRequestRoutes } from './routes/booking-requests.ts'
import { holdRoutes } from './routes/holds.ts'
import { slotRoutes } from './routes/slots.ts'
import { createAlternatives } from './slots/alternatives.ts'
import type { Availability } from './slots/availability.ts'
import { waitingRoomRoutes } from './routes/waiting-room.ts'
import { WaitingRoomErrors } from './waiting-room/errors.ts'
import { addGate, documentTicket } from './waiting-room/gate.ts'
import { roomMetrics } from './waiting-room/metrics.ts'
import type { WaitingRoom } from './waiting-room/room.ts'

export interface ApiDeps {
  pool: pg.Pool
  broker: Broker
  redis: RedisClientType | undefined
  logger: Logger
  intake: Intake
  catalogue: CatalogueCache
  availability: Availability
  /** Undefined when this installation has none. */
  room?: WaitingRoom | undefined
  /** In which requests begin. */
  turns?: Turns
  /** The time now; tests bring their own. */
  now: () => Date
}

/** The booking api, composed and not listening. */
export async function buildApp(config: Readonly<ApiConfig>, deps: ApiDeps): Promise<Service> {
  const { pool, broker, intake, catalogue, availability, now } = deps
  const app = await buildService({
    name: 'booking-api',
    version: '0.1.0',
    config,
    errors: { ...BookingErrors, ...FhirErrors, ...WaitingRoomErrors },
    redis: deps.redis,
    logger: deps.logger,
    ...(deps.turns === undefined ? {} : { turns: deps.turns }),
    readiness: {
      database: async () => {
        await pool.query('SELECT 1')
      },
      broker: async () => {
        if (!broker.connected()) throw new Error('not connected')
      },
    },
  })
  const { room } = deps
  const figures = roomMetrics(app.metrics.registry, room?.view)
  // Installations with and without a room have one description.
  documentTicket(app)
  if (room !== undefined)
    addGate(app, { room, random: Math.random, onRefused: (code) => figures.refused.inc({ code }) })
  await app.register(waitingRoomRoutes, { room, drawMs: config.WAITING_ROOM_DRAW_MS, random: Math.random })
  const nowSeconds = () => Math.floor(now().getTime() / 1000)
  const shared = {
    pool,
    intake,
    availability,
    catalogue: catalogue.current,
    now: nowSeconds,
    random: Math.random,
    monotonicMs: () => performance.now(),
  }
  const alternatives = createAlternatives(shared)
  const booking = createBooking({ ...shared, alternatives })
  const bookAnyDoctor = createAnyDoctorBooking({ ...shared, alternatives })
  await app.register(appointmentRoutes, {
    ...{ booking, bookAnyDoctor, pool, defaultWaitMs: config.DECISION_WAIT_MS },
    mayHold: availability.holders.mayHold,
  })
  await app.register(appointmentListRoutes, { pool })
  const changing = { ...shared, alternatives, now, newId: randomUUID }
  await app.register(appointmentChangeRoutes, changing)
  await app.register(appointmentDecisionRoutes, changing)
  await app.register(appointmentMoveRoutes, changing)
  await app.register(appointmentHistoryRoutes, { pool })
  await app.register(appointmentAlternativeRoutes, changing)
  await app.register(holdRoutes, changing)
  const organizer = { name: 'Medqueue', email: config.CALENDAR_EMAIL }
  await app.register(appointmentCalendarRoutes, { pool, organizer })
  await registerFlows(app, { ...changing, book: booking.book, waitMs: config.DECISION_WAIT_MS })
  await app.register(bookingRequestRoutes, { pool })
  await app.register(slotRoutes, shared)
  const fhir = connectFhir({
    booking,
    changing,
    catalogue: catalogue.current,
    waitMs: config.DECISION_WAIT_MS,
    bookingLink: config.BOOKING_LINK,
  })
  await registerFhir(app, fhir)
  return app
}
