/** Unix seconds, with a fraction if the text has one, of an RFC 3339 instant; undefined when there is no such instant. */
export function parseInstant(text: string): number | undefined {
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) return undefined
  // Date.parse rolls 30 February over into March: a date that does not come back the same does not exist.
  const offset = offsetMinutes(text)
  const local = new Date(milliseconds + offset * 60_000).toISOString()
  return local.slice(0, 19) === text.slice(0, 19) ? milliseconds / 1000 : undefined
}

function offsetMinutes(text: string): number {
  const match = /([+-])(\d{2}):(\d{2})$/.exec(text)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}

/** RFC 3339 in UTC, without fractions: 2027-03-01T12:00:00Z. */
export function formatInstant(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}
