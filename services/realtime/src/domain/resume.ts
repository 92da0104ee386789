/** What the stream holds: sequences `first` to `last`. An empty stream has `first = last + 1` or both 0. */
export interface StreamBounds {
  first: number
  last: number
}

/**
 * How a client that has seen everything up to `lastEventId` goes on.
 *
 * - `memory`: the recent log holds all it has missed.
 * - `history`: the stream still does.
 * - `reset`: something after it is gone, or it was never said (a stream made anew): the client must load again.
 */
export type Resumption = 'memory' | 'history' | 'reset'

export function resumption(
  lastEventId: number,
  recent: { floor: number; head: number },
  bounds: StreamBounds,
): Resumption {
  if (lastEventId > bounds.last && lastEventId > recent.head) return 'reset'
  if (lastEventId >= recent.floor) return 'memory'
  return lastEventId + 1 < bounds.first ? 'reset' : 'history'
}
