import { SILENT_AFTER_MS, type Word } from './depth/heartbeats.ts'
import type { Pod } from './kinds.ts'
import type { Worker } from './workers.ts'
import { DRAINING_SINCE } from './world.ts'

/**
 * What this process has done to pods and seen of them. All by its own monotonic clock: what another process wrote on a
 * pod tells that it is marked, but when is for people to read.
 */
export interface Marks {
  /** Pods marked as draining, by uid, and when this process marked them or first saw their mark. */
  marked: ReadonlyMap<string, number>
  /** When each was last asked to drain. */
  asked: ReadonlyMap<string, number>
  /** Pods whose worker does not know how to drain, by uid: the signal to end must do. */
  plain: ReadonlySet<string>
}

/** A worker that is asked says within this time that it drains, or is asked again; milliseconds. */
const SAYS_SO_WITHIN_MS = 5_000

/**
 * The mark on a pod. Holds: the worker drains, or is being asked to. Unheard: another process left it, and the worker has
 * not spoken since it was seen; until it has, it is taken to serve. Void: the worker says that it works, and nobody asks it any more to drain: one that has
 * drained and is not ended starts over after two minutes, whatever became of the one who asked.
 *
 *   unheard --"draining", or silent for too long--> holds --starts over, not asked--> void
 *           --"not draining"--> void
 */
export interface Mark {
  /** When this process set it or first saw it, by the monotonic clock; milliseconds. */
  since: number
  standing: 'holds' | 'unheard' | 'void'
  /** The pod itself shows it, as far as the cache knows. */
  shown: boolean
}

/** The mark on a pod, or the one that this process has set and the cache does not show yet. */
export function markOf(
  { metadata }: Pod,
  marks: Marks,
  word: Word | undefined,
  now: number,
): Mark | undefined {
  const shown = metadata.annotations?.[DRAINING_SINCE] !== undefined
  const known = marks.marked.get(metadata.uid)
  if (known === undefined && !shown) return undefined
  const since = known ?? now
  return { since, shown, standing: standingOf({ since, asked: marks.asked.get(metadata.uid), word, now }) }
}

interface Evidence {
  since: number
  asked: number | undefined
  word: Word | undefined
  now: number
}

function standingOf({ since, asked, word, now }: Evidence): Mark['standing'] {
  const heard = word !== undefined && word.at > (asked === undefined ? since : asked + SAYS_SO_WITHIN_MS)
  if (heard && !word.draining) return 'void'
  return asked === undefined && !heard && now - since < SILENT_AFTER_MS ? 'unheard' : 'holds'
}

/** Keeps when marks were first seen, and forgets those that are void and gone. */
export function followMarks(
  state: { marked: Map<string, number>; asked: Map<string, number>; overdue: Set<string> },
  workers: readonly Worker[],
): void {
  for (const { uid, mark } of workers) {
    if (mark === undefined) continue
    state.marked.set(uid, mark.since)
    if (mark.standing === 'void' && !mark.shown) {
      for (const known of [state.marked, state.asked, state.overdue]) known.delete(uid)
    }
  }
}
