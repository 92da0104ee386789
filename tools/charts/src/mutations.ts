/** Makes wrong values out of right ones, so that a schema can show that it notices. */
export interface Mutation {
  /** What is wrong, for the report. */
  what: string
  /** Values as they would be given with `--values`. */
  values: Record<string, unknown>
}

type Path = readonly string[]

/** A value that fits no string pattern, enum or format of ours. */
const NONSENSE = ' no\nsuch thing '

/** What the schema says of the place of a value. */
export interface Places {
  /** The object takes any key. */
  isOpen: (path: Path) => boolean
  /** The key may be left out, so taking it away is nothing wrong. */
  isOptional: (path: Path) => boolean
}

/**
 * One wrong value a mutation: for each key another type, null, nonsense and numbers far out of range; and in each closed
 * object a key that does not exist.
 */
export function mutationsOf(values: Record<string, unknown>, places: Places): Mutation[] {
  return walk(values, [], places)
}

function walk(value: unknown, path: Path, places: Places): Mutation[] {
  const own = path.length === 0 ? [] : wrongOnes(value, path, places)
  if (!isRecord(value)) return own
  const unknown = places.isOpen(path) ? [] : [mutation([...path, 'noSuchKey'], true)]
  const below = Object.entries(value).flatMap(([key, child]) => walk(child, [...path, key], places))
  return [...own, ...unknown, ...below]
}

function wrongOnes(value: unknown, path: Path, { isOptional }: Places): Mutation[] {
  const wrong = wrongValues(value).filter((one) => one !== null || !isOptional(path))
  return wrong.map((one) => mutation(path, one))
}

function wrongValues(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [null, 'yes please', 7, [true]]
  if (typeof value === 'number') return [null, 'many', -1e15, 1e15, [value], true]
  if (typeof value === 'string') return [null, NONSENSE, -42, true, [value], { value }]
  if (Array.isArray(value)) return [null, NONSENSE, 5, { 0: 'x' }, [7], [NONSENSE]]
  return [null, NONSENSE, 5, ['x'], true]
}

function mutation(path: Path, wrong: unknown): Mutation {
  const values = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), wrong)
  return { what: `${path.join('.')} = ${JSON.stringify(wrong)}`, values: values as Record<string, unknown> }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
