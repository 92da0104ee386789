import { busyTimes, type BusyQuestion } from '../../src/index.ts'

export const PARIS = 'Europe/Paris'

/** March and April of 2027. */
export const RANGE = { start: Date.UTC(2027, 2, 1), end: Date.UTC(2027, 4, 1) }

let made = 0

/** Lines of an event with these properties; values begin with `:` or with their parameters. */
export function event(properties: Record<string, string>): string[] {
  const all = { UID: `:made-${made++}`, DTSTAMP: ':20270101T000000Z', ...properties }
  return ['BEGIN:VEVENT', ...Object.entries(all).map(([name, value]) => name + value), 'END:VEVENT']
}

/** Somebody else's calendar with these lines. */
export function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Elsewhere//EN', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  )
}

/** Busy times as `start/end`, to the minute, of an owner in Paris. */
export function read(ics: string, question: Partial<BusyQuestion> = {}): string[] {
  const minute = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z')
  const times = busyTimes(ics, { zone: PARIS, range: RANGE, ...question })
  return times.map(({ start, end }) => `${minute(start)}/${minute(end)}`)
}
