/** The value that a share of the numbers does not exceed (nearest rank); 0 when there are none. Sorted input. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return 0
  const rank = Math.ceil(share * sorted.length)
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? 0
}

export interface Latency {
  count: number
  /** Milliseconds. */
  p50: number
  p90: number
  p99: number
  max: number
}

/** Takes tenths of milliseconds, gives milliseconds. */
export function latencyOf(tenths: readonly number[]): Latency {
  const sorted = Float64Array.from(tenths).sort()
  const at = (share: number) => percentile(sorted, share) / 10
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: (sorted.at(-1) ?? 0) / 10 }
}
