/** A JSON schema as our documents hold it: everything inline, no references. */
export interface Schema {
  type?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  [keyword: string]: unknown
}

/** Which way a value goes: what clients send must stay allowed, what they read must stay there. */
export type Way = 'sent' | 'read'

/** Keywords that allow less when they grow, and those that allow less when they shrink. */
const LOWER_BOUNDS = ['minimum', 'minLength', 'minItems']
const UPPER_BOUNDS = ['maximum', 'maxLength', 'maxItems', 'maxProperties']

/**
 * What a change of schema breaks for clients that were made for the one before, as lines that begin with `at`. Something
 * sent may not be forbidden, limited further or newly demanded; something read may not be gone, optional or of another type.
 */
export function schemaChanges(way: Way, before: Schema, after: Schema, at: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (before.anyOf !== undefined || after.anyOf !== undefined) return branchChanges(way, before, after, at)
  if (JSON.stringify(before.type) !== JSON.stringify(after.type) && after.type !== undefined)
    return [`${at} is ${JSON.stringify(after.type)} and was ${JSON.stringify(before.type)}`]
  return [
    ...(way === 'sent' ? limitChanges(before, after, at) : []),
    ...propertyChanges(way, before, after, at),
    ...(before.items !== undefined && after.items !== undefined
      ? schemaChanges(way, before.items, after.items, `${at}[]`)
      : []),
  ]
}

/** Each shape that could be sent must still fit one; each shape that can be read must be one of before. */
function branchChanges(way: Way, before: Schema, after: Schema, at: string): string[] {
  const [old, now] = [before.anyOf ?? [before], after.anyOf ?? [after]]
  const [known, offered] = way === 'sent' ? [old, now] : [now, old]
  const fits = (one: Schema) =>
    offered.some(
      (other) =>
        schemaChanges(way, ...(way === 'sent' ? pair(one, other) : pair(other, one)), at).length === 0,
    )
  return known.every(fits) ? [] : [`${at} has other shapes than before`]
}

const pair = (before: Schema, after: Schema): [Schema, Schema] => [before, after]

function limitChanges(before: Schema, after: Schema, at: string): string[] {
  const number = (schema: Schema, keyword: string, none: number) =>
    typeof schema[keyword] === 'number' ? schema[keyword] : none
  const values = (schema: Schema) => schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  const lost =
    values(after) && (values(before)?.filter((value) => !values(after)?.includes(value)) ?? ['all others'])
  return [
    ...LOWER_BOUNDS.filter(
      (keyword) => number(after, keyword, -Infinity) > number(before, keyword, -Infinity),
    ),
    ...UPPER_BOUNDS.filter((keyword) => number(after, keyword, Infinity) < number(before, keyword, Infinity)),
    ...['pattern', 'format', 'uniqueItems'].filter(
      (keyword) => after[keyword] !== undefined && after[keyword] !== before[keyword],
    ),
  ]
    .map(
      (keyword) => `${at} has another ${keyword}: ${String(before[keyword])}, now ${String(after[keyword])}`,
    )
    .concat(lost?.length ? [`${at} may not be ${lost.map(String).join(', ')} any more`] : [])
}

function propertyChanges(way: Way, before: Schema, after: Schema, at: string): string[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}]
  const lines: string[] = []
  for (const [name, schema] of Object.entries(old)) {
    const next = now[name]
    if (next !== undefined) lines.push(...schemaChanges(way, schema, next, `${at}.${name}`))
    else if (way === 'read' || after.additionalProperties === false) lines.push(`${at}.${name} is gone`)
  }
  const demanded = (schema: Schema, name: string) => schema.required?.includes(name) === true
  if (way === 'sent') {
    const newly = (after.required ?? []).filter((name) => !demanded(before, name))
    lines.push(...newly.map((name) => `${at}.${name} must be sent`))
  } else {
    const loosely = (before.required ?? []).filter((name) => name in now && !demanded(after, name))
    lines.push(...loosely.map((name) => `${at}.${name} may be missing`))
  }
  return lines
}
