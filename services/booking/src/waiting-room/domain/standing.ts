import { type Wait, waitOf } from './estimate.ts'
import { letInAt, reachedAt } from './front.ts'
import { placeOf } from './order.ts'
import type { Opening, RoomState } from './room.ts'

/** Where the holder of a ticket stands. Times are Unix milliseconds of the shared clock, waits seconds from now. */
export type Standing =
  /** Nobody has to wait. */
  | { status: 'not-needed' }
  /** The lot is not drawn yet. `peers`: how many have come so far. */
  | { status: 'drawing'; drawAt: number; peers: number; wait: Wait }
  | { status: 'waiting'; place: number; ahead: number; wait: Wait }
  | { status: 'admitted'; place: number; until: number }
  /** The turn is over, or the ticket is of another opening. */
  | { status: 'over' }

export interface Line {
  state: RoomState
  /** Numbers given in this opening. */
  issued: number
  /** Places of those who took part in the draw; empty before it. */
  places: Uint32Array
  now: number
  turnMs: number
  /** How many would be let in by each second from now on if nothing were ever too much. */
  course: Float64Array
}

/** Where the holder of the number stands. */
export function standingOf(ticket: { opening: string; number: number }, line: Line): Standing {
  const { state, now, turnMs } = line
  const { opening, ended } = state
  if (opening === undefined) return { status: 'not-needed' }
  if (ticket.opening === ended?.id && now < ended.at + turnMs) {
    // All who waited were let in when that one ended; what has opened since is not held against them.
    return { status: 'admitted', place: 0, until: ended.at + turnMs }
  }
  if (ticket.opening !== opening.id) return { status: 'over' }
  if (opening.seed === undefined) return drawing(opening, line)
  const place = placeOf(ticket.number, line.places)
  const letIn = letInAt(opening.front, place)
  if (letIn > now) {
    const ahead = Math.max(0, Math.floor(place - reachedAt(opening.front, now)))
    return { status: 'waiting', place, ahead, wait: waitIn(opening, ahead, line) }
  }
  return now < letIn + turnMs ? { status: 'admitted', place, until: letIn + turnMs } : { status: 'over' }
}

/** Any place among those who have come may be drawn, and those who still come take part too. */
function drawing(opening: Opening, line: Line): Standing {
  const { issued, now } = line
  const rest = Math.max(0, opening.drawAt - now) / 1_000
  const { to } = waitIn(opening, issued, line)
  const wait = { from: Math.floor(rest), to: Math.ceil(rest) + to }
  return { status: 'drawing', drawAt: opening.drawAt, peers: issued, wait }
}

function waitIn({ front, flow, drawAt }: Opening, ahead: number, { course, now }: Line): Wait {
  return waitOf(ahead, { front, rate: flow.rate, course, since: drawAt, now })
}

/** How many wait to be let in. */
export function waitingIn({ state, issued, now }: Line): number {
  const { opening } = state
  return opening === undefined ? 0 : Math.max(0, Math.ceil(issued - reachedAt(opening.front, now)))
}

/** What somebody who came now would wait; seconds. */
export function newcomersWait(line: Line): Wait {
  const { opening } = line.state
  if (opening === undefined) return { from: 0, to: 0 }
  const rest = Math.max(0, opening.drawAt - line.now) / 1_000
  const { from, to } = waitIn(opening, waitingIn(line), line)
  return { from: Math.floor(rest + from), to: Math.ceil(rest + to) }
}
