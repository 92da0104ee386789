import { FreeText, Instant, strictObject } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { askAgainAfter, type Wait } from './domain/estimate.ts'
import { CAUSES, type RoomState } from './domain/room.ts'
import type { Standing } from './domain/standing.ts'

const WaitView = Type.Object(
  { from: Type.Integer({ minimum: 0 }), to: Type.Integer({ minimum: 0 }) },
  { description: 'Seconds from now, at the speeds measured of late' },
)
const Time = (description: string) => Type.String({ description: `${description}; RFC 3339, UTC` })

export const StandingView = Type.Object({
  status: Type.Enum(['not-needed', 'drawing', 'waiting', 'admitted', 'over'], {
    description:
      'not-needed: book without a ticket; drawing: the order is drawn soon; over: ask for a new ticket',
  }),
  position: Type.Optional(Type.Integer({ minimum: 1, description: 'Place in the line, once it is drawn' })),
  ahead: Type.Optional(Type.Integer({ minimum: 0, description: 'People who are let in before' })),
  peers: Type.Optional(Type.Integer({ minimum: 0, description: 'People who take part in the draw so far' })),
  wait: Type.Optional(WaitView),
  drawAt: Type.Optional(Time('When the order is drawn')),
  admittedUntil: Type.Optional(Time('The end of the turn')),
  askAgainSeconds: Type.Optional(
    Type.Number({ description: 'When to ask again, a little different for each' }),
  ),
})
export type StandingView = Static<typeof StandingView>

export const HeldView = Type.Object({
  ...StandingView.properties,
  ticket: Type.Optional(Type.String({ description: 'To be sent as Waiting-Room-Ticket' })),
})

export const OpeningBody = strictObject({
  reason: FreeText(200, { minLength: 1, description: 'Told to everybody who waits' }),
  opensAt: Type.Optional({ ...Instant, description: 'From then on one needs a turn; at once by default' }),
  releaseAt: Type.Optional({
    ...Instant,
    description: 'Who comes before it, or just after, stands in drawn order; when it opens by default',
  }),
})

export const RoomView = Type.Object({
  open: Type.Boolean(),
  cause: Type.Optional(Type.Enum([...CAUSES])),
  reason: Type.Optional(Type.String()),
  drawAt: Type.Optional(Time('When the order is, or was, drawn')),
  waiting: Type.Integer({ minimum: 0 }),
  admittedPerSecond: Type.Number({ minimum: 0 }),
  newcomersWait: Type.Optional(WaitView),
  planned: Type.Optional(
    Type.Object({
      opensAt: Time('From then on one needs a turn'),
      drawAt: Time('The draw'),
      reason: Type.String(),
    }),
  ),
})
export type RoomView = Static<typeof RoomView>

const instant = (ms: number) => new Date(ms).toISOString()

/** `random`: from 0 up to 1. */
export function standingView(standing: Standing, random: number): StandingView {
  const { status } = standing
  const ask = (from: number) => ({ askAgainSeconds: askAgainAfter(from, random) })
  switch (status) {
    case 'drawing': {
      const { drawAt, peers, wait } = standing
      return { status, drawAt: instant(drawAt), peers, wait, ...ask(wait.from) }
    }
    case 'waiting': {
      const { place, ahead, wait } = standing
      return { status, position: place + 1, ahead, wait, ...ask(wait.from) }
    }
    case 'admitted':
      return { status, position: standing.place + 1, ahead: 0, admittedUntil: instant(standing.until) }
    default:
      return { status }
  }
}

export function roomView(
  { opening, plan }: RoomState,
  figures: { waiting: number; newcomersWait: Wait },
): RoomView {
  const planView = plan && {
    planned: { opensAt: instant(plan.opensAt), drawAt: instant(plan.drawAt), reason: plan.reason },
  }
  if (opening === undefined) return { open: false, waiting: 0, admittedPerSecond: 0, ...planView }
  const { cause, reason, drawAt, front } = opening
  const admittedPerSecond = Math.round(front.slope * 10) / 10
  return { open: true, cause, reason, drawAt: instant(drawAt), admittedPerSecond, ...figures, ...planView }
}
