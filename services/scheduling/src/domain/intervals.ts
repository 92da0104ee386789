/** Milliseconds since the epoch; half open: start is in, end is out. */
export interface Interval {
  start: number
  end: number
}

/** An interval at a place. */
export interface Piece extends Interval {
  clinicId: string
}

/*
 * Every list here is sorted by start and its intervals do not overlap. Functions take such lists and give such lists.
 */

/** The pieces without the time of the cuts. Runs through both lists once. */
export function subtract<T extends Interval>(pieces: readonly T[], cuts: readonly Interval[]): T[] {
  const left: T[] = []
  let next = 0
  for (const piece of pieces) {
    while ((cuts[next]?.end ?? Infinity) <= piece.start) next++
    left.push(...without(piece, cuts, next))
  }
  return left
}

/** What cuts leave of one piece; those before `next` end before it. */
function without<T extends Interval>(piece: T, cuts: readonly Interval[], next: number): T[] {
  const left: T[] = []
  let start = piece.start
  for (let cut = cuts[next]; cut !== undefined && cut.start < piece.end; cut = cuts[++next]) {
    if (cut.start > start) left.push({ ...piece, start, end: cut.start })
    start = Math.max(start, cut.end)
  }
  if (start < piece.end) left.push({ ...piece, start })
  return left
}

/** Both lists in one; where they overlap the layer on top counts. */
export function overlay<T extends Interval>(below: readonly T[], top: readonly T[]): T[] {
  if (top.length === 0) return [...below]
  return [...subtract(below, top), ...top].sort((a, b) => a.start - b.start)
}

/** Joins pieces that touch at the same clinic. */
export function join(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const previous = joined.at(-1)
    if (previous?.end === piece.start && previous.clinicId === piece.clinicId) previous.end = piece.end
    else joined.push({ ...piece })
  }
  return joined
}

/** What is in `pieces` and not in `others` at the same clinic. */
export function difference(pieces: readonly Piece[], others: readonly Piece[]): Piece[] {
  const clinics = new Set(pieces.map(({ clinicId }) => clinicId))
  const parts = [...clinics].flatMap((clinicId) => {
    const here = (piece: Piece) => piece.clinicId === clinicId
    return subtract(pieces.filter(here), others.filter(here))
  })
  return parts.sort((a, b) => a.start - b.start)
}

/** True when any part of the two lists overlaps. */
export function overlaps(one: readonly Interval[], other: readonly Interval[]): boolean {
  let i = 0
  for (const { start, end } of one) {
    while (i < other.length && (other[i]?.end ?? 0) <= start) i++
    const candidate = other[i]
    if (candidate !== undefined && candidate.start < end) return true
  }
  return false
}
