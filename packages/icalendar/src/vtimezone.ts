import { Temporal } from 'temporal-polyfill'

import type { Interval } from './visit.ts'

/** Days around the span that are described too: both of the year's clock changes, so that readers see a whole rule. */
const MARGIN_MS = 400 * 86_400_000
const EOL = '\r\n'

interface Observance {
  /** What the clocks read, before the change, when it comes. */
  wallStart: string
  offsetFrom: number
  offsetTo: number
}

/**
 * The VTIMEZONE of a zone, right for every instant of the span and more than a year around it. It is made of the same
 * time zone data that decides when a window opens, so that a message and the platform cannot disagree.
 */
export function vtimezone(zone: string, span: Interval): string {
  const observances = observancesOf(zone, { start: span.start - MARGIN_MS, end: span.end + MARGIN_MS })
  const lowest = Math.min(...observances.map(({ offsetTo }) => offsetTo))
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    ...observances.flatMap((observance) => write(observance, lowest)),
    'END:VTIMEZONE',
  ].join(EOL)
}

/** The offset at the beginning of the span, as if it had always been, and each change after it. */
function observancesOf(zone: string, { start, end }: Interval): Observance[] {
  const first = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone)
  let offset = secondsOf(first)
  const observances: Observance[] = [{ wallStart: '19700101T000000', offsetFrom: offset, offsetTo: offset }]
  let change = first.getTimeZoneTransition('next')
  while (change !== null && change.epochMilliseconds < end) {
    const offsetTo = secondsOf(change)
    observances.push({ wallStart: wallAt(change.epochMilliseconds, offset), offsetFrom: offset, offsetTo })
    offset = offsetTo
    change = change.getTimeZoneTransition('next')
  }
  return observances
}

function write({ wallStart, offsetFrom, offsetTo }: Observance, lowest: number): string[] {
  const kind = offsetTo === lowest ? 'STANDARD' : 'DAYLIGHT'
  return [
    `BEGIN:${kind}`,
    `DTSTART:${wallStart}`,
    `TZOFFSETFROM:${writeOffset(offsetFrom)}`,
    `TZOFFSETTO:${writeOffset(offsetTo)}`,
    `END:${kind}`,
  ]
}

function secondsOf(time: Temporal.ZonedDateTime): number {
  return time.offsetNanoseconds / 1e9
}

function wallAt(instantMs: number, offsetSeconds: number): string {
  return new Date(instantMs + offsetSeconds * 1000).toISOString().replaceAll(/[-:]|\.\d{3}Z/g, '')
}

function writeOffset(seconds: number): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(seconds)
  const rest = size % 60 === 0 ? '' : pad(size % 60)
  return `${seconds < 0 ? '-' : '+'}${pad(Math.floor(size / 3600))}${pad(Math.floor(size / 60) % 60)}${rest}`
}
