import type { Log } from '@medqueue/messaging'
import { CommonErrors, ProblemError } from '@medqueue/service-kit'

import { pressureOf, type Signals } from './domain/controller.ts'
import { closed, decide, type Plan, planned, type RoomSettings, type RoomState } from './domain/room.ts'
import { type Standing, standingOf } from './domain/standing.ts'
import { WaitingRoomErrors } from './errors.ts'
import { type Held, join, unreachable } from './join.ts'
import { createLoop } from './loop.ts'
import type { RoomStore } from './store.ts'
import type { TicketClaims, Tickets } from './tickets.ts'
import { RoomView } from './view.ts'

const LOOK_OPEN_MS = 250
const LOOK_CLOSED_MS = 1_000
const MOST_TRIES = 5

export interface RoomOptions {
  store: RoomStore
  tickets: Tickets
  settings: RoomSettings
  /** Unique for each start of each api process. */
  replica: string
  signals: () => Signals
  logger: Log
  monotonicMs: () => number
  newId: () => string
  newSeed: () => string
}

export interface WaitingRoom {
  /** What is known here, for the gate and for figures. */
  readonly view: RoomView
  /** The person's ticket, the same each time it is asked for. Throws BOOKING_WAITING_ROOM_FULL, _UNREACHABLE. */
  join: (userId: string, shown: string | undefined) => Promise<Held | undefined>
  /** From memory. Throws BOOKING_WAITING_ROOM_TICKET_INVALID. */
  standing: (userId: string, ticket: string) => Standing
  /** Plans an opening, at once or later. Throws BOOKING_WAITING_ROOM_OPEN, _UNREACHABLE. */
  plan: (plan: (now: number) => Plan) => Promise<void>
  /** Lets everybody in, and forgets what was planned. Throws BOOKING_WAITING_ROOM_UNREACHABLE. */
  close: () => Promise<void>
  /** Looks at what is shared and decides when it is time to; for tests, `start` does it all the time. */
  look: () => Promise<void>
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** One replica's side of the waiting room. */
export function createWaitingRoom(options: RoomOptions): WaitingRoom {
  const { store, tickets, settings, replica, logger, monotonicMs } = options
  const view = new RoomView({ monotonicMs, turnMs: settings.turnMs, bounds: settings.bounds })

  const sync = async () => {
    let shared = await store.sync(replica, options.signals(), view.version)
    if (shared.version < view.version) {
      // The server has lost what it knew, and may have been told of another opening by a replica that knew nothing. Whoever
      // knows more puts it back, and tickets carry their numbers.
      const { state, issued, drawn } = view
      await store.restore({ version: view.version + 1, state, issued, drawn })
      shared = await store.sync(replica, options.signals(), 0)
    }
    view.take(shared)
  }
  /** Decides by the state as it is; false when another replica was faster. */
  const settle = async (change: (state: RoomState, now: number) => RoomState): Promise<boolean> => {
    const { version, state, issued, signals } = view
    const now = view.now()
    const pressure = signals === undefined ? undefined : pressureOf(signals)
    const { newId, newSeed } = options
    const next = decide(change(state, now), settings, { now, issued, pressure, newId, newSeed })
    if (next === state) return true
    const isNewOpening = next.opening !== undefined && next.opening.id !== state.opening?.id
    const isDraw = next.opening?.seed !== undefined && state.opening?.seed === undefined
    const isWritten = await store.write({ version, state: next, isNewOpening, isDraw })
    await sync()
    return isWritten
  }
  const look = async () => {
    await sync()
    await settle((state) => state)
  }
  const change = async (wanted: (state: RoomState, now: number) => RoomState) => {
    try {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        await sync()
        if (await settle(wanted)) return
      }
    } catch (error) {
      throw unreachable(error)
    }
    throw new ProblemError(CommonErrors.UNAVAILABLE)
  }
  const loop = createLoop(look, () => (view.isOpen ? LOOK_OPEN_MS : LOOK_CLOSED_MS), logger)

  return {
    view,
    look,
    join: async (userId, shownTicket) => join({ view, store, tickets, sync }, userId, shownTicket),
    standing: (userId, ticket) => standingOf(claimsIn(tickets, ticket, userId), view.line()),
    plan: async (makePlan) => {
      await change((state, now) => {
        const plan = makePlan(now)
        if (state.opening !== undefined) throw new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_OPEN)
        return planned(state, plan)
      })
    },
    close: async () => change((state, now) => closed(planned(state, undefined), now)),
    start: loop.start,
    stop: loop.stop,
  }
}

/** Throws BOOKING_WAITING_ROOM_TICKET_INVALID. */
function claimsIn(tickets: Tickets, ticket: string, userId: string): TicketClaims {
  const claims = tickets.read(ticket, userId)
  if (claims === undefined) throw new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_TICKET_INVALID)
  return claims
}
