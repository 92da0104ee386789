/** RFC 3339 in UTC of Unix milliseconds; `?` when it is no time. */
export function iso(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : '?'
}
