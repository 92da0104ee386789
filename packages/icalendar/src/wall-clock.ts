import { Temporal } from 'temporal-polyfill'

/** What the clocks of a zone read at an instant: `2027-03-05 19:00`. Does not depend on the reader or the server. */
export function clockTime(instantMs: number, zone: string): string {
  const wall = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone).toPlainDateTime()
  return wall.toString({ smallestUnit: 'minute' }).replace('T', ' ')
}
