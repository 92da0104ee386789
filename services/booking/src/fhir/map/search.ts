import { InvalidInput } from './invalid-input.ts'

/** A parameter that a search takes; the CapabilityStatement is made of the same. */
export interface SearchParam {
  type: 'token' | 'reference' | 'string' | 'date'
  documentation?: string
}

/** What a resource can be searched by. */
export interface SearchSpec {
  params: Readonly<Record<string, SearchParam>>
  /** Such as `Appointment:patient`. */
  includes: readonly string[]
}

/** A search as it was asked. Every filter must match, each by any one of its values. */
export interface Search {
  filters: readonly { name: string; values: readonly string[] }[]
  includes: ReadonlySet<string>
  /** Entries a page; 0 asks for the total alone. */
  count: number
  /** Where the page before ended; opaque. */
  page: string | undefined
  /** What was asked for and left out. */
  remarks: readonly string[]
  /** What was used, for links to this and the next page. */
  used: URLSearchParams
}

const MOST_PARAMETERS = 60
const MOST_VALUES = 100
const LONGEST_VALUE = 1_000
const DEFAULT_COUNT = 50
export const MOST_ENTRIES = 200

/** How a search pages on; a name of ours, which clients find in the link to the next page. */
export const PAGE = '_page'

/** Taken by the transport, about the form of the answer only, or read apart. */
const NOT_OURS: ReadonlySet<string> = new Set(['_format', '_pretty', '_total', '_count', PAGE])

/**
 * Reads the parameters of a search. Unknown ones are left out with a remark, or refused when the client asked for
 * `Prefer: handling=strict`. Throws InvalidInput.
 */
export function readSearch(params: URLSearchParams, spec: SearchSpec, strict: boolean): Search {
  if (params.size > MOST_PARAMETERS) throw new InvalidInput('invalid', 'There are too many parameters')
  const found: Found = { filters: [], includes: new Set(), remarks: [], used: new URLSearchParams() }
  for (const [key, value] of params) if (!NOT_OURS.has(key)) take(found, [key, value], { spec, strict })
  const count = countOf(params)
  if (params.has('_count')) found.used.set('_count', String(count))
  return { ...found, count, page: params.get(PAGE) ?? undefined }
}

interface Found {
  filters: Search['filters'][number][]
  includes: Set<string>
  remarks: string[]
  used: URLSearchParams
}

function take(
  { filters, includes, remarks, used }: Found,
  [key, value]: [string, string],
  { spec, strict }: { spec: SearchSpec; strict: boolean },
): void {
  if (value.length > LONGEST_VALUE) throw new InvalidInput('value', 'The value is too long', key.slice(0, 64))
  const filter = filterOf(key, value, spec)
  const meant = key === '_include' ? includesMeant(value, spec) : []
  const isInclude = meant.length > 0
  if (filter !== undefined) filters.push(filter)
  else if (isInclude) for (const name of meant) includes.add(name)
  else remarks.push(leaveOut(key, value, strict))
  if (filter !== undefined || isInclude) used.append(key, value)
}

/** What `Appointment:patient`, `Appointment:actor:Patient` and `*` ask for, of what can be included here. */
function includesMeant(value: string, { includes }: SearchSpec): readonly string[] {
  if (value === '*') return includes
  const [source = '', name = '', type] = value.split(':')
  const plain = `${source}:${name}`
  const narrowed = type === undefined ? plain : `${source}:${type.toLowerCase()}`
  const isOne = narrowed === plain || name === 'actor'
  return isOne && [plain, narrowed].every((each) => includes.includes(each)) ? [narrowed] : []
}

function leaveOut(key: string, value: string, strict: boolean): string {
  const name = (key === '_include' ? `_include=${value}` : key).slice(0, 100)
  if (strict) throw new InvalidInput('not-supported', 'This is not searched by', name)
  return `Left out, because it is not searched by: ${name}`
}

function countOf(params: URLSearchParams): number {
  const text = params.get('_count') ?? String(DEFAULT_COUNT)
  if (!/^\d{1,9}$/.test(text)) throw new InvalidInput('value', 'This is not a number of entries', '_count')
  return Math.min(MOST_ENTRIES, Number(text))
}

function filterOf(key: string, value: string, { params }: SearchSpec) {
  const colon = key.indexOf(':')
  const name = colon < 0 ? key : key.slice(0, colon)
  const param = Object.hasOwn(params, name) ? params[name] : undefined
  if (param === undefined) return undefined
  const values = splitValues(value, name)
  const modifier = colon < 0 ? undefined : key.slice(colon + 1)
  return {
    name,
    values: modifier === undefined ? values : typed(values, modifier, { name, type: param.type }),
  }
}

/** `patient:Patient=1` is `patient=Patient/1`. Every other modifier changes the meaning, and is not known. */
function typed(values: readonly string[], modifier: string, { name, type }: { name: string; type: string }) {
  if (type !== 'reference' || !/^[A-Z][A-Za-z]{1,40}$/.test(modifier)) {
    throw new InvalidInput('not-supported', 'This modifier is not supported', name)
  }
  return values.map((value) => (value.includes('/') ? value : `${modifier}/${value}`))
}

/** Values are separated by commas; one that belongs to a value is written `\,`. */
function splitValues(value: string, name: string): string[] {
  const values = value.split(/(?<!\\),/).map((part) => part.replaceAll(/\\([,$|\\])/g, '$1'))
  if (values.length > MOST_VALUES) throw new InvalidInput('value', 'There are too many values', name)
  if (values.includes('')) throw new InvalidInput('value', 'The value is empty', name)
  return values
}

/** The values of a filter that is there at most once, or undefined. */
export function valuesOf({ filters }: Search, name: string): readonly string[] | undefined {
  const found = filters.filter((filter) => filter.name === name)
  if (found.length > 1) throw new InvalidInput('not-supported', 'This may be there only once', name)
  return found[0]?.values
}

/** What is in each of the sets that are given; undefined when none is. */
export function common(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const given = sets.filter((set) => set !== undefined)
  const [first, ...others] = given
  if (first === undefined) return undefined
  return new Set([...first].filter((id) => others.every((set) => set.has(id))))
}
