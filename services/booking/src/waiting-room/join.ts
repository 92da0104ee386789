import { isDependencyDown, ProblemError } from '@medqueue/service-kit'

import { reachedAt } from './domain/front.ts'
import { type Line, type Standing, standingOf, waitingIn } from './domain/standing.ts'
import { WaitingRoomErrors } from './errors.ts'
import type { RoomStore } from './store.ts'
import type { TicketClaims, Tickets } from './tickets.ts'
import type { RoomView } from './view.ts'

/** Most people who wait; beyond it those who come are told to come again. */
const MOST_WAITING = 200_000
const MOST_TRIES = 5

export interface Held {
  ticket: string
  standing: Standing
}

export interface Joining {
  view: RoomView
  store: RoomStore
  tickets: Tickets
  sync: () => Promise<void>
}

/** Undefined when nobody has to wait. Throws BOOKING_WAITING_ROOM_FULL, _UNREACHABLE. */
export async function join(
  joining: Joining,
  userId: string,
  shownTicket: string | undefined,
): Promise<Held | undefined> {
  const { view, tickets, sync } = joining
  const shown = shownTicket === undefined ? undefined : tickets.read(shownTicket, userId)
  try {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const line = view.line()
      if (line.state.opening === undefined) return undefined
      const held = await placeIn(joining, { opening: line.state.opening.id, line, userId, shown })
      if (held !== undefined) return held
      // Another opening has begun meanwhile, or this one has ended.
      await sync()
    }
  } catch (error) {
    throw unreachable(error)
  }
  throw new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_UNREACHABLE)
}

interface Asked {
  opening: string
  line: Line
  userId: string
  shown: TicketClaims | undefined
}

/** Undefined when that opening is not the current one any more. */
async function placeIn({ store, tickets }: Joining, asked: Asked): Promise<Held | undefined> {
  const { opening, line, userId, shown } = asked
  if (waitingIn(line) >= MOST_WAITING) throw full()
  const own = shown?.opening === opening ? shown.number : undefined
  const least = Math.floor(reachedNow(line))
  const number = await store.join({ opening, userId, shown: own, givenUp: undefined, least })
  if (number === undefined) return undefined
  const held = heldBy(number)
  if (held.standing.status !== 'over') return held
  // The turn is over: at the end of the line there is another one.
  const again = await store.join({ opening, userId, shown: undefined, givenUp: number, least })
  return again === undefined ? undefined : heldBy(again)

  function heldBy(given: number): Held {
    const claims = { opening, number: given }
    // What is known here may be older than the ticket.
    const current = { ...line, issued: Math.max(line.issued, given + 1) }
    return { ticket: tickets.sign(userId, claims), standing: standingOf(claims, current) }
  }
}

/** Places let in so far. */
const reachedNow = ({ state, now }: Line) =>
  state.opening === undefined ? 0 : reachedAt(state.opening.front, now)

const full = () =>
  new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_FULL, { headers: { 'retry-after': '30' } })

/** Redis away is BOOKING_WAITING_ROOM_UNREACHABLE; all else stays what it is. */
export function unreachable(cause: unknown): unknown {
  if (!isDependencyDown(cause)) return cause
  return new ProblemError(WaitingRoomErrors.BOOKING_WAITING_ROOM_UNREACHABLE, {
    headers: { 'retry-after': '2' },
    cause,
  })
}
