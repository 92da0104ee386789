import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { instantOf } from '../api/instant.ts'
import { problems } from '../api/schemas.ts'
import type { Plan } from '../waiting-room/domain/room.ts'
import { newcomersWait, waitingIn } from '../waiting-room/domain/standing.ts'
import { WaitingRoomErrors } from '../waiting-room/errors.ts'
import { retryAfter, TICKET_HEADER } from '../waiting-room/gate.ts'
import type { WaitingRoom } from '../waiting-room/room.ts'
import {
  HeldView,
  OpeningBody,
  RoomView,
  roomView,
  StandingView,
  standingView,
} from '../waiting-room/schemas.ts'

export interface WaitingRoomRoutesOptions {
  /** Undefined when this installation has none. */
  room: WaitingRoom | undefined
  /** How long after its hour an opening draws; milliseconds. */
  drawMs: number
  /** From 0 up to 1. */
  random: () => number
}

const LONGEST_AHEAD_MS = 30 * 86_400_000
const LONGEST_BEFORE_MS = 6 * 3_600_000
/** Clocks of people differ. */
const PAST_MS = 60_000

const TicketHeader = Type.Object({
  [TICKET_HEADER]: Type.Optional(Type.String({ maxLength: 1_000, description: 'A ticket that one has' })),
})

/**
 * `GET /v1/waiting-room` says whether one has to wait, `POST /v1/waiting-room/tickets` gives a place in the line, the same
 * each time, and `GET /v1/waiting-room/tickets/mine` says where one stands. Staff open and close the room.
 */
export const waitingRoomRoutes: FastifyPluginAsyncTypebox<WaitingRoomRoutesOptions> = async (
  app,
  options,
) => {
  const { room, drawMs, random } = options
  const roomNow = () => {
    const line = room?.view.line()
    if (line === undefined) return { open: false, waiting: 0, admittedPerSecond: 0 }
    return roomView(line.state, { waiting: waitingIn(line), newcomersWait: newcomersWait(line) })
  }
  const theRoom = () => {
    if (room === undefined) throw new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_OFF)
    return room
  }

  app.get(
    '/v1/waiting-room',
    {
      config: { permission: 'public' },
      schema: { operationId: 'getWaitingRoom', response: { 200: RoomView, ...problems() } },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=1')
      return roomNow()
    },
  )

  app.post(
    '/v1/waiting-room/tickets',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'joinWaitingRoom',
        summary: 'A place in the line, the same each time; a ticket that is sent along keeps its place',
        headers: TicketHeader,
        response: { 200: HeldView, ...problems() },
      },
    },
    async (request, reply) => {
      const held = await room?.join(request.caller.id, ticketOf(request))
      if (held === undefined) return { status: 'not-needed' as const }
      const view = standingView(held.standing, random())
      if (view.askAgainSeconds !== undefined) reply.header('retry-after', retryAfter(view.askAgainSeconds))
      return { ...view, ticket: held.ticket }
    },
  )

  app.get(
    '/v1/waiting-room/tickets/mine',
    {
      config: { permission: 'appointment:book' },
      schema: {
        operationId: 'getWaitingRoomTicket',
        summary: 'Where the holder of the ticket in Waiting-Room-Ticket stands',
        headers: TicketHeader,
        response: { 200: StandingView, ...problems() },
      },
    },
    async (request, reply) => {
      const ticket = ticketOf(request)
      if (room === undefined) return { status: 'not-needed' as const }
      // Without one it is not known whose place to look for, and looking for it is no question for memory.
      if (ticket === undefined) throw new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_TICKET_INVALID)
      const view = standingView(room.standing(request.caller.id, ticket), random())
      if (view.askAgainSeconds !== undefined) reply.header('retry-after', retryAfter(view.askAgainSeconds))
      return view
    },
  )

  app.post(
    '/v1/waiting-room/openings',
    {
      config: { permission: 'waiting-room:manage' },
      schema: {
        operationId: 'openWaitingRoom',
        summary: 'Open the waiting room now, or plan it for the hour at which slots are released',
        body: OpeningBody,
        response: { 202: RoomView, 409: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const { reason, opensAt, releaseAt } = request.body
      const asked = { opensAt: msOf(opensAt, 'opensAt'), releaseAt: msOf(releaseAt, 'releaseAt'), reason }
      await theRoom().plan((now) => planOf(asked, now, drawMs))
      return reply.code(202).send(roomNow())
    },
  )

  app.post(
    '/v1/waiting-room/close',
    {
      config: { permission: 'waiting-room:manage' },
      schema: {
        operationId: 'closeWaitingRoom',
        summary: 'Let everybody in, and forget what was planned',
        response: { 200: RoomView, 409: Problem, ...problems() },
      },
    },
    async () => {
      await theRoom().close()
      return roomNow()
    },
  )
}

function ticketOf({ headers }: FastifyRequest): string | undefined {
  const ticket = headers[TICKET_HEADER]
  return typeof ticket === 'string' && ticket !== '' ? ticket : undefined
}

const msOf = (text: string | undefined, field: string) =>
  text === undefined ? undefined : instantOf(text, field) * 1_000

/** Throws BOOKING_WAITING_ROOM_TIMES. */
function planOf(
  asked: { opensAt: number | undefined; releaseAt: number | undefined; reason: string },
  now: number,
  drawMs: number,
): Plan {
  const { opensAt = now, reason } = asked
  const releaseAt = asked.releaseAt ?? Math.max(now, opensAt)
  const field = opensAt < now - PAST_MS || opensAt > now + LONGEST_AHEAD_MS ? 'opensAt' : 'releaseAt'
  const isUsable =
    opensAt >= now - PAST_MS &&
    opensAt <= now + LONGEST_AHEAD_MS &&
    releaseAt >= Math.max(opensAt, now - PAST_MS) &&
    releaseAt - opensAt <= LONGEST_BEFORE_MS
  if (!isUsable) throw new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_TIMES, { field })
  return { opensAt, drawAt: releaseAt + drawMs, reason }
}
