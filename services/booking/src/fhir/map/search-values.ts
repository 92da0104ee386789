import type { Interval } from '../../domain/slots.ts'
import { parseInstant } from '../../domain/instants.ts'
import { InvalidInput } from './invalid-input.ts'

/** A token of a search: `system|code`, `|code`, `code`, `system|`. */
export interface Token {
  /** Undefined: any. */
  system: string | undefined
  code: string | undefined
}

export function tokenOf(text: string): Token {
  const bar = text.indexOf('|')
  if (bar < 0) return { system: undefined, code: text }
  const code = text.slice(bar + 1)
  return { system: text.slice(0, bar), code: code === '' ? undefined : code }
}

/** True when the token means this code of this system. */
export function tokenMeans({ system, code }: Token, ofSystem: string, ofCode: string): boolean {
  return (system === undefined || system === ofSystem) && (code === undefined || code === ofCode)
}

/**
 * The id in a reference to a resource of the type: `Practitioner/1`, `1`, or either under our own base; undefined for
 * what points elsewhere. A version (`/_history/3`) is left out.
 */
export function referencedId(reference: string, type: string, base: string): string | undefined {
  const relative = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference
  const match = /^(?:([A-Za-z]+)\/)?([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(relative)
  if (match === null || (match[1] ?? type) !== type) return undefined
  return match[2]
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const MONTH = /^(\d{4})-(\d{2})$/
const YEAR = /^\d{4}$/
const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/

/**
 * What a date of a search covers, in Unix seconds: a year, a month, a day (all of UTC), a minute or a second. Throws
 * InvalidInput for a time of day without an offset, which would be another time in each zone.
 */
export function spanOf(text: string, name: string): Interval {
  // An offset's plus sign that nobody has encoded arrives as a space.
  const date = text.replace(/ (?=\d{2}:\d{2}$)/, '+')
  const time = TIME.exec(date)
  if (time !== null) return spanOfTime(time, name)
  if (DAY.test(date)) {
    const start = secondsOf(`${date}T00:00:00Z`, name)
    return { start, end: start + 86_400 }
  }
  const month = MONTH.exec(date)
  if (month === null && !YEAR.test(date)) throw new InvalidInput('value', 'This is not a FHIR date', name)
  const [, year = date, number] = month ?? []
  const start = secondsOf(`${year}-${number ?? '01'}-01T00:00:00Z`, name)
  const months = number === undefined ? 12 : Number(number)
  return { start, end: Date.UTC(Number(year), months, 1) / 1000 }
}

function spanOfTime([, minute = '', second, offset]: RegExpExecArray, name: string): Interval {
  if (offset === undefined) throw new InvalidInput('value', 'A time needs an offset: Z or ±hh:mm', name)
  const start = secondsOf(`${minute}${second ?? ':00'}${offset}`, name)
  return { start, end: start + (second === undefined ? 60 : 1) }
}

function secondsOf(text: string, name: string): number {
  const seconds = parseInstant(text)
  if (seconds === undefined) throw new InvalidInput('value', 'There is no such date', name)
  return seconds
}

/** Starts a search asks for: from (inclusive) and to (exclusive), either may be open. */
export interface Bounds {
  from: number | undefined
  to: number | undefined
}

/** What each comparison says of the start of a visit, given the span of the value. */
const COMPARISONS: Readonly<Record<string, (span: Interval) => Bounds>> = {
  eq: ({ start, end }) => ({ from: start, to: end }),
  ge: ({ start }) => ({ from: start, to: undefined }),
  gt: ({ end }) => ({ from: end, to: undefined }),
  sa: ({ end }) => ({ from: end, to: undefined }),
  le: ({ end }) => ({ from: undefined, to: end }),
  lt: ({ start }) => ({ from: undefined, to: start }),
  eb: ({ start }) => ({ from: undefined, to: start }),
}

/** All the values of a date parameter together, each with its prefix (`ge2027-03-01`). Throws InvalidInput. */
export function boundsOf(values: readonly string[], name: string): Bounds {
  const bounds: Bounds = { from: undefined, to: undefined }
  for (const value of values) {
    const [, prefix = 'eq', date = ''] = /^([a-z]{2})?(.*)$/.exec(value) ?? []
    const compare = COMPARISONS[prefix]
    if (compare === undefined)
      throw new InvalidInput('not-supported', 'This comparison is not supported', name)
    const { from, to } = compare(spanOf(date, name))
    if (from !== undefined) bounds.from = Math.max(from, bounds.from ?? from)
    if (to !== undefined) bounds.to = Math.min(to, bounds.to ?? to)
  }
  return bounds
}
