/** Width of a bin of arrivals; milliseconds. */
export const BIN_MS = 50

/** How many bins are kept: four seconds. */
const BINS = 80

/** Bins in a slice: a quarter of a second, so that a burst, however it falls, is in two slices at most. */
const SLICE_BINS = 5
const SLICE_SECONDS = (SLICE_BINS * BIN_MS) / 1_000
const SLICES = 6
const BURST_SLICES = 2

/** How much time a sustained rate is counted over; milliseconds. */
export const SUSTAINED_MS = (SLICES - BURST_SLICES) * SLICE_SECONDS * 1_000

/**
 * Arrivals a second that have been kept up over the last second and a half: the two fullest quarters of a second are left
 * out. A burst, however large, is thus no rate (it is depth, and counted there), while a rise is seen within a second.
 */
export function sustainedRate(recent: readonly number[]): number {
  const slices = Array.from({ length: SLICES }, (_, index) => {
    const end = recent.length - index * SLICE_BINS
    return sumOf(recent.slice(Math.max(0, end - SLICE_BINS), Math.max(0, end)))
  })
  const kept = slices.toSorted((a, b) => a - b).slice(0, SLICES - BURST_SLICES)
  return (sumOf(kept) * 1_000) / SUSTAINED_MS
}

/** Plain arrivals a second over the last `ms`, bursts and all. */
export function plainRate(recent: readonly number[], ms: number): number {
  return (sumOf(recent.slice(-Math.round(ms / BIN_MS))) * 1_000) / ms
}

/** How often, and for how long, it is noted how much had arrived; milliseconds. */
const MARK_MS = 500
const MARKS = 1_200

/** The last arrivals by bin, and roughly when those before them came. */
export class ArrivalLog {
  readonly #bins = new Map<number, number>()
  #marks: { at: number; total: number }[] = []
  #total = 0

  /** Arrivals since it was made. */
  get total(): number {
    return this.#total
  }

  add(count: number, at: number): void {
    const bin = Math.floor(at / BIN_MS)
    if (at - (this.#marks.at(-1)?.at ?? -Infinity) >= MARK_MS) this.#mark(at)
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count)
    this.#total += count
    if (this.#bins.size > 2 * BINS) this.#forget(bin - BINS)
  }

  /** The last four seconds, the newest bin last. */
  recent(now: number): number[] {
    const newest = Math.floor(now / BIN_MS)
    return Array.from({ length: BINS }, (_, index) => this.#bins.get(newest - BINS + 1 + index) ?? 0)
  }

  /** Age of the oldest of the last `depth` arrivals, in milliseconds; undefined when there are none so many. */
  ageOf(depth: number, now: number): number | undefined {
    if (depth <= 0 || depth > this.#total) return undefined
    const mark = this.#marks.findLast(({ total }) => total <= this.#total - depth)
    return mark === undefined ? undefined : Math.max(0, now - mark.at)
  }

  #mark(at: number): void {
    this.#marks.push({ at, total: this.#total })
    if (this.#marks.length > MARKS) this.#marks = this.#marks.slice(MARKS / 2)
  }

  #forget(before: number): void {
    for (const bin of this.#bins.keys()) if (bin < before) this.#bins.delete(bin)
  }
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
