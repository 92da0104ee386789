import { isFree } from './free-starts.ts'
import { type Elsewhere, sessionOf, type VisitShape, type WorkWindow } from './slots.ts'

/** A doctor who is free, or why there is none. */
export type Choice = { doctorId: string } | { reason: 'outside_window' | 'off_grid' | 'slot_taken' }

export interface AnyDoctor {
  /** Windows that meet the start, of the doctors who may be chosen. */
  windows: readonly WorkWindow[]
  shape: VisitShape
  /** Whether a room and a device can be had. */
  elsewhere?: Elsewhere
  /** Start of the visit; Unix seconds. */
  start: number
  /** Requests for the doctor that are being decided now. */
  waiting: (doctorId: string) => number
  /** Number in [0, 1). */
  random: () => number
}

/**
 * Chooses among the doctors who are free at the start: who has the fewest requests in decision (two who ask at once
 * should not run into each other), then who has the fewest visits in that working window (so that work is shared
 * fairly), then at random. A group visit that has begun to fill goes before one that would be new.
 */
export function chooseDoctor({ windows, shape, start, elsewhere, waiting, random }: AnyDoctor): Choice {
  const free = windows.filter((window) => isFree(window, shape, start, elsewhere))
  if (free.length === 0) return { reason: whyNone(windows, shape, start) }
  const least = (of: readonly WorkWindow[], load: (window: WorkWindow) => number) => {
    const smallest = of.reduce((most, window) => Math.min(most, load(window)), Infinity)
    return of.filter((window) => load(window) === smallest)
  }
  const begun = free.filter(({ seats }) => seats?.has(sessionOf(shape.id, start)) === true)
  const quiet = begun.length > 0 ? begun : least(free, ({ doctorId }) => waiting(doctorId))
  const fair = least(quiet, visitsIn)
  const chosen = fair[Math.floor(random() * fair.length)]
  return chosen === undefined ? { reason: 'slot_taken' } : { doctorId: chosen.doctorId }
}

function whyNone(
  windows: readonly WorkWindow[],
  shape: VisitShape,
  start: number,
): 'outside_window' | 'off_grid' | 'slot_taken' {
  if (windows.length === 0) return 'outside_window'
  const onGrid = windows.some(({ doctorId, clinicId, start: from, end }) =>
    isFree({ doctorId, clinicId, start: from, end, busy: [] }, shape, start),
  )
  return onGrid ? 'slot_taken' : 'off_grid'
}

const visitsIn = ({ busy, start, end }: WorkWindow) =>
  busy.filter((one) => one.start < end && one.end > start).length
