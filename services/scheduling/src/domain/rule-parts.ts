export interface RuleParts {
  freq: 'DAILY' | 'WEEKLY' | 'MONTHLY'
  interval?: number
  count?: number
  /** `MO` … `SU`; of a month also the n-th or n-th last, such as `1MO` or `-1FR`. */
  byDay?: string[]
  byMonthDay?: number[]
  byMonth?: number[]
  bySetPos?: number[]
  /** The day with which weeks begin. */
  wkst?: string
}

type Read = (value: string) => Partial<RuleParts> | undefined

/** A whole number from one bound to the other; undefined for anything else, such as 007 or 1e3. */
function integer(value: string, from: number, to: number): number | undefined {
  if (!/^[+-]?[1-9]\d{0,4}$/.test(value)) return undefined
  const number = Number(value)
  return number >= from && number <= to ? number : undefined
}

function integers(value: string, from: number, to: number): number[] | undefined {
  const numbers = value.split(',').map((one) => integer(one, from, to))
  const known = numbers.filter((one) => one !== undefined)
  return known.length === numbers.length && new Set(known).size === known.length ? known : undefined
}

const DAY = /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$/

function days(value: string): string[] | undefined {
  const names = value.split(',').map((name) => name.replace(/^\+/, ''))
  return names.every((name) => DAY.test(name)) && new Set(names).size === names.length ? names : undefined
}

const said = <K extends keyof RuleParts>(key: K, value: RuleParts[K] | undefined) => {
  return value === undefined ? undefined : ({ [key]: value } as Partial<RuleParts>)
}

/** The parts of a rule that are known here, each with what reads it; all bounded. UNTIL is read apart. */
export const PARTS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['FREQ', (value) => (isFrequency(value) ? { freq: value } : undefined)],
  ['INTERVAL', (value) => said('interval', integer(value, 1, 366))],
  ['COUNT', (value) => said('count', integer(value, 1, 99_999))],
  ['BYDAY', (value) => said('byDay', days(value))],
  ['BYMONTHDAY', (value) => said('byMonthDay', integers(value, -31, 31))],
  ['BYMONTH', (value) => said('byMonth', integers(value, 1, 12))],
  ['BYSETPOS', (value) => said('bySetPos', integers(value, -31, 31))],
  ['WKST', (value) => said('wkst', /^(MO|TU|WE|TH|FR|SA|SU)$/.test(value) ? value : undefined)],
])

function isFrequency(value: string): value is RuleParts['freq'] {
  return value === 'DAILY' || value === 'WEEKLY' || value === 'MONTHLY'
}
