/**
 * The waiting room: who waits, and when it opens and closes. Opening: one time that it is open, from then on nobody
 * passes without a turn. Number: how many had come before. Draw: the lot among those who came early. Place: where one
 * stands after it. Turn: the time in which one may book.
 *
 *   closed --asked for, planned, overload--> open, drawing --drawAt--> open, letting in --nobody waits--> closed
 */
import { bend, type Front, frontFrom, reachedAt } from './front.ts'
import { type Bounds, CALM, type Flow, nextFlow } from './controller.ts'

export const WAITING_ROOM_MODES = ['off', 'manual', 'auto', 'on'] as const
/** off: there is none; manual: staff open it; auto: overload opens it too; on: it is always open. */
export type WaitingRoomMode = (typeof WAITING_ROOM_MODES)[number]

export const CAUSES = ['always', 'asked', 'overload'] as const
export type Cause = (typeof CAUSES)[number]

/** Times are Unix milliseconds of the shared clock. */
export interface Opening {
  readonly id: string
  readonly cause: Cause
  /** What patients are told. */
  readonly reason: string
  readonly openedAt: number
  readonly drawAt: number
  /** Undefined until the lot is drawn. */
  readonly seed?: string
  readonly front: Front
  readonly flow: Flow
  readonly decidedAt: number
  /** Numbers given by then; undefined before the draw. */
  readonly issued?: number
  /** Since when nobody waits. */
  readonly idleSince?: number | undefined
}

/** An opening to come. */
export interface Plan {
  readonly opensAt: number
  readonly drawAt: number
  readonly reason: string
}

export interface RoomState {
  readonly opening?: Opening
  readonly plan?: Plan | undefined
  /** The opening that has ended: all who waited were let in by it. */
  readonly ended?: { readonly id: string; readonly at: number }
  /** Seconds in which the platform has been overloaded, while closed. */
  readonly hot: number
  /** When they were counted last: replicas look one after the other, and a second is one. */
  readonly hotAt?: number
  /** The speed that went well the last time. */
  readonly known?: number
}

export interface RoomSettings {
  mode: WaitingRoomMode
  bounds: Bounds
  /** People a second to begin with, when nothing is known. */
  startRate: number
  /** How long after its opening or its hour those who come take part in the draw. */
  drawMs: number
  turnMs: number
}

export interface Observed {
  now: number
  /** Numbers given in this opening. */
  issued: number
  /** Undefined when no replica has said anything of late. */
  pressure: number | undefined
  newId: () => string
  /** 128 random bits in hex. */
  newSeed: () => string
}

export const CLOSED: RoomState = { hot: 0 }

/** A decision takes effect this much later, so that every replica has heard of it. */
export const LEAD_MS = 1_000
export const DECIDE_EVERY_MS = 1_000
const HOT = 1.5
const HOT_SECONDS = 5
const IDLE_MS = 60_000
/** A flood: so many times more come than are let in. A place costs one request, a visit three to five. */
const FLOOD = 5
/** Share of the last good speed that another opening begins with. */
const AGAIN = 0.8

/** What the room is from now on; the same object when nothing changes. */
export function decide(state: RoomState, settings: RoomSettings, observed: Observed): RoomState {
  const { opening } = state
  if (opening === undefined) return whileClosed(state, settings, observed)
  // It is open when its hour comes: the line goes on, and does not begin anew at its end.
  if (state.plan !== undefined && observed.now >= state.plan.opensAt) return planned(state, undefined)
  if (observed.now - opening.decidedAt < DECIDE_EVERY_MS) return state
  if (opening.seed === undefined) return whileDrawing(state, opening, observed)
  return whileLettingIn(state, opening, settings, observed)
}

function whileClosed(state: RoomState, settings: RoomSettings, observed: Observed): RoomState {
  const { now } = observed
  const { plan } = state
  if (plan !== undefined && now >= plan.opensAt)
    return opened(state, settings, observed, { ...plan, cause: 'asked' })
  const drawAt = now + settings.drawMs
  if (settings.mode === 'on')
    return opened(state, settings, observed, { cause: 'always', reason: '', drawAt })
  return settings.mode === 'auto' ? whileWatching(state, settings, observed) : state
}

function whileWatching(state: RoomState, settings: RoomSettings, observed: Observed): RoomState {
  const { now, pressure = 0 } = observed
  if (now - (state.hotAt ?? -Infinity) < DECIDE_EVERY_MS) return state
  const hot = pressure >= HOT ? state.hot + 1 : 0
  if (hot >= HOT_SECONDS) {
    const reason = 'More people want to book than can be served at once.'
    const drawAt = now + settings.drawMs
    return opened(state, settings, observed, { cause: 'overload', reason, drawAt })
  }
  return hot === state.hot ? state : { ...state, hot, hotAt: now }
}

function opened(
  state: RoomState,
  { startRate, bounds }: RoomSettings,
  { now, newId }: Observed,
  { cause, reason, drawAt }: Pick<Opening, 'cause' | 'reason' | 'drawAt'>,
): RoomState {
  const wanted = state.known === undefined ? startRate : state.known * AGAIN
  const rate = Math.min(bounds.most, Math.max(bounds.least, wanted))
  const opening: Opening = {
    ...{ id: newId(), cause, reason, openedAt: now, drawAt: Math.max(now, drawAt), decidedAt: now },
    front: frontFrom(now, 0),
    flow: { rate, settledAt: now },
  }
  return { ...state, plan: undefined, opening, hot: 0 }
}

/** The lot is drawn, and the letting in begins. */
function whileDrawing(state: RoomState, opening: Opening, { now, issued, newSeed }: Observed): RoomState {
  if (now < opening.drawAt) return state
  const begins = now + LEAD_MS
  const front = bend(opening.front, { at: begins, slope: opening.flow.rate, keepFrom: 0 })
  return { ...state, opening: { ...opening, seed: newSeed(), front, issued, decidedAt: now } }
}

function whileLettingIn(
  state: RoomState,
  opening: Opening,
  settings: RoomSettings,
  observed: Observed,
): RoomState {
  const { now, issued } = observed
  const at = now + LEAD_MS
  const isUsed = reachedAt(opening.front, at) < issued
  const flow = flowOf(opening, { isUsed, settings, observed })
  const idleSince = isUsed ? undefined : (opening.idleSince ?? now)
  const next = { ...opening, flow, idleSince, issued, decidedAt: now }
  if (settings.mode !== 'on' && isOver(next, observed)) return closed({ ...state, opening: next }, now)
  // Whoever comes while nobody waits is let in from the next decision on: places are not given in advance.
  const slope = isUsed ? flow.rate : 0
  const front = bend(opening.front, { at, slope, keepFrom: now - settings.turnMs })
  return { ...state, opening: { ...next, front } }
}

/** Blind, it stays as it is. */
function flowOf(
  { flow, issued: before, decidedAt }: Opening,
  { isUsed, settings, observed }: { isUsed: boolean; settings: RoomSettings; observed: Observed },
): Flow {
  const { now, pressure, issued } = observed
  const arriving = ((issued - (before ?? issued)) * 1_000) / (now - decidedAt)
  const seen = { isUsed, isFlooded: arriving > FLOOD * flow.rate, now }
  return pressure === undefined ? flow : nextFlow(flow, { ...seen, pressure }, settings.bounds)
}

/** The crowd has gone, and the platform has room. */
function isOver({ idleSince }: Opening, { now, pressure }: Observed): boolean {
  if (idleSince === undefined || now - idleSince < IDLE_MS) return false
  return pressure !== undefined && pressure < CALM
}

/** Everybody is let in. What was planned stays planned. */
export function closed(state: RoomState, now: number): RoomState {
  const { opening, ...rest } = state
  if (opening === undefined) return state
  const known = opening.seed === undefined ? state.known : opening.flow.rate
  return {
    ...rest,
    hot: 0,
    ended: { id: opening.id, at: now },
    ...(known === undefined ? {} : { known }),
  }
}

/** With another plan, or with none. */
export const planned = (state: RoomState, plan: Plan | undefined): RoomState => ({ ...state, plan })
