/** Two years, with a day for those who count in dates; milliseconds. */
const LONGEST_MS = (2 * 365 + 2) * 86_400_000

/** When a proxy's time is over, or why that cannot be. */
export function expiryOf(text: string, now: Date): Date | { fault: string } {
  const at = new Date(text)
  const day = text.slice(0, 10)
  // 30 February would roll over into March: a date that does not come back the same does not exist.
  const isReal = !Number.isNaN(at.getTime()) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  if (!isReal) return { fault: 'must be an instant that exists' }
  const left = at.getTime() - now.getTime()
  if (left <= 0) return { fault: 'must lie ahead' }
  return left > LONGEST_MS ? { fault: 'must lie at most two years ahead' } : at
}
