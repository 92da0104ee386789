export interface Turns {
  /** Gives a request its turn: calls `begin` when it may begin, or `refuse` when it has waited too long for that. */
  take: (begin: () => void, refuse: () => void) => void
  /** How long the request that has waited longest for its turn has waited; milliseconds. */
  oldestMs: () => number
}

interface Waiting {
  begin: () => void
  refuse: () => void
  since: number
}

export interface TurnsOptions {
  /** How long requests may begin in one turn of the event loop; milliseconds, default 10. */
  sliceMs?: number
  /**
   * Who has waited longer than this is refused; milliseconds, default 20,000. Callers give up after 30 s or so, and not every
   * ingress tells: without it, beyond what can be carried all work is done for those who have gone, and nobody is served.
   */
  patienceMs?: number
  /** Monotonic milliseconds. */
  monotonicMs?: () => number
}

/** Places of those who have begun, before the list is written anew. */
const COMPACT_AT = 4_096

/**
 * Lets requests begin in the order in which they came, for a slice of each turn of the event loop, and then lets what was
 * begun go on: answers of the database and of the broker are taken between slices. Without it a turn in which thousands of
 * requests have come begins them all before it looks at any answer; it takes seconds, all time-outs run out meanwhile,
 * and nobody is served.
 *
 *   a request comes:  nobody waits and the slice lasts --> it begins      else --> it waits
 *   each next turn:   a new slice, in which the longest waiting begin
 */
export function createTurns({
  sliceMs = 10,
  patienceMs = 20_000,
  monotonicMs = () => performance.now(),
}: TurnsOptions = {}): Turns {
  let waiting: (Waiting | undefined)[] = []
  /** Place of the longest waiting. */
  let next = 0
  let sliceEnd: number | undefined

  const openSlice = () => {
    sliceEnd = monotonicMs() + sliceMs
    setImmediate(nextTurn)
  }

  const nextTurn = () => {
    sliceEnd = undefined
    if (next < waiting.length) void beginWaiting()
  }

  const beginWaiting = async () => {
    openSlice()
    while (next < waiting.length && monotonicMs() < (sliceEnd ?? 0)) {
      const one = waiting[next]
      waiting[next++] = undefined // What has begun must not be kept for as long as a crowd lasts.
      if (one === undefined) continue
      if (monotonicMs() - one.since > patienceMs) one.refuse()
      else one.begin()
      // What it does before it first waits for somebody belongs to the slice.
      await Promise.resolve()
    }
    if (next < waiting.length && next < COMPACT_AT) return
    waiting = waiting.slice(next)
    next = 0
  }

  return {
    take: (begin, refuse) => {
      if (sliceEnd === undefined) openSlice()
      const now = monotonicMs()
      if (next < waiting.length || now >= (sliceEnd ?? 0)) waiting.push({ begin, refuse, since: now })
      else begin()
    },
    oldestMs: () => {
      const first = waiting[next]
      return first === undefined ? 0 : monotonicMs() - first.since
    },
  }
}
