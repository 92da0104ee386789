import { type Caller, type CatalogueEntry, ProblemError, type Service } from '@medqueue/service-kit'
import type { FastifyRequest, preHandlerHookHandler, RouteOptions } from 'fastify'

import { WaitingRoomErrors } from './errors.ts'
import type { WaitingRoom } from './room.ts'
import { standingView } from './schemas.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * While the waiting room is open, patients and strangers come here in their turn only; or only those whose request
     * takes a slot that nobody holds, as the function says.
     */
    waitingRoom?: 'turn' | ((request: FastifyRequest) => boolean)
  }
}

/** Header that carries a ticket. */
export const TICKET_HEADER = 'waiting-room-ticket'
export const TICKETS_PATH = '/v1/waiting-room/tickets'

export interface GateOptions {
  room: WaitingRoom
  /** From 0 up to 1. */
  random: () => number
  onRefused: (code: string) => void
}

/**
 * Puts the gate before every route, registered from now on, that asks for it. While the room is closed it is one look at
 * a field in memory.
 */
export function addGate(app: Service, options: GateOptions): void {
  const { room, onRefused } = options
  const gate: preHandlerHookHandler = (request, _reply, done) => {
    if (!room.view.isOpen) {
      done()
      return
    }
    const refusal = refusalOf(request, options)
    if (refusal !== undefined) onRefused(refusal.code)
    done(refusal)
  }
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.waitingRoom === undefined) return
    route.preHandler = [gate, ...[route.preHandler ?? []].flat()]
  })
}

const TICKET = {
  type: 'string',
  description: 'While the waiting room is open: the ticket whose turn it is. Without one, 429',
}

/** Says in the documentation of every route, registered from now on, that has a gate which ticket it reads. */
export function documentTicket(app: Service): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.waitingRoom === undefined) return
    route.config = { ...route.config, headers: { ...route.config.headers, [TICKET_HEADER]: TICKET } }
  })
}

/** The front desk and doctors are never kept out; patients and strangers are. */
function mustWait(caller: Caller | undefined): boolean {
  if (caller === undefined) return true
  return caller.can('appointment:book') && !caller.can('appointment:book-for-others')
}

function refusalOf(request: FastifyRequest, { room, random }: GateOptions): ProblemError | undefined {
  const caller = request.callerIfAny
  if (!mustWait(caller) || !needsTurn(request)) return undefined
  const ticket = request.headers[TICKET_HEADER]
  if (caller === undefined || typeof ticket !== 'string') {
    return refused(WaitingRoomErrors.BOOKING_WAITING_ROOM_TICKET_MISSING, '1')
  }
  const standing = standingOrProblem(room, caller.id, ticket)
  if (standing instanceof ProblemError) return standing
  if (standing.status === 'admitted' || standing.status === 'not-needed') return undefined
  if (standing.status === 'over') return refused(WaitingRoomErrors.BOOKING_WAITING_ROOM_TURN_OVER, '1')
  const view = standingView(standing, random())
  return refused(WaitingRoomErrors.BOOKING_WAITING_ROOM_NOT_YET, retryAfter(view.askAgainSeconds), {
    standing: view,
  })
}

function needsTurn(request: FastifyRequest): boolean {
  const rule = request.routeOptions.config.waitingRoom
  return typeof rule === 'function' ? rule(request) : true
}

function standingOrProblem(room: WaitingRoom, userId: string, ticket: string) {
  try {
    return room.standing(userId, ticket)
  } catch (error) {
    if (error instanceof ProblemError) return error
    throw error
  }
}

/** Whole seconds, as the header has them. */
export const retryAfter = (seconds = 1) => String(Math.max(1, Math.ceil(seconds)))

/** 429 and not 503: the caller can mend it, nothing has failed, and no proxy is to try elsewhere or give up on us. */
function refused(entry: CatalogueEntry, seconds: string, extra: Record<string, unknown> = {}): ProblemError {
  return new ProblemError(entry, {
    extra: { waitingRoom: TICKETS_PATH, ...extra },
    headers: { 'retry-after': seconds, link: `<${TICKETS_PATH}>; rel="related"` },
  })
}
