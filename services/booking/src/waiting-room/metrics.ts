import { gaugeOf } from '@medqueue/service-kit'
import { Counter, type Registry } from 'prom-client'

import { pressureOf } from './domain/controller.ts'
import { reachedAt } from './domain/front.ts'
import { newcomersWait, waitingIn } from './domain/standing.ts'
import type { RoomView } from './view.ts'

export interface RoomMetrics {
  /** Requests that were told to wait for their turn, by code. */
  refused: Counter
}

/**
 * Figures of the waiting room. But for the refusals each replica says the same of the whole room, so take the greatest
 * and not the sum. Without a room (undefined) they are 0.
 */
export function roomMetrics(registry: Registry, view: RoomView | undefined): RoomMetrics {
  const gauge = (name: string, help: string, valueOf: (view: RoomView) => number) =>
    gaugeOf(registry, `booking_waiting_room_${name}`, help, () => (view === undefined ? 0 : valueOf(view)))
  gauge('open', 'Whether one needs a turn to book: 1 or 0', ({ isOpen }) => Number(isOpen))
  gauge('waiting', 'People who wait to be let in', (now) => waitingIn(now.line()))
  gauge('admitted', 'People let in since the room opened', (room) => {
    const { state, issued } = room
    const { opening } = state
    return opening === undefined ? 0 : Math.floor(Math.min(issued, reachedAt(opening.front, room.now())))
  })
  gauge('rate', 'People let in a second, as the controller has decided', ({ state }) => {
    return state.opening?.seed === undefined ? 0 : state.opening.flow.rate
  })
  gauge('pressure', 'How the platform is: above 1 it is overloaded', ({ signals }) => {
    return signals === undefined ? 0 : pressureOf(signals)
  })
  gauge('wait_seconds', 'Longest wait that somebody who came now would be told', (now) => {
    return newcomersWait(now.line()).to
  })
  return {
    refused: new Counter({
      name: 'booking_waiting_room_refused_total',
      help: 'Requests that were told to wait for their turn, by code',
      labelNames: ['code'],
      registers: [registry],
    }),
  }
}
