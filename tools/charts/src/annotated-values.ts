import { isMap, isScalar, type Pair, parse, parseDocument, type YAMLMap } from 'yaml'

import { ChartError } from './errors.ts'

/** What a `@schema` comment says beside JSON Schema's own keywords. */
export interface Hints {
  /** Name of a shared shape in definitions.ts. */
  use?: string
  /** The value maps free keys to strings: labels or annotations. */
  map?: 'label' | 'annotation'
  [keyword: string]: unknown
}

/** One key of values.yaml. */
export interface ValueNode {
  /** Dotted, such as `image.registry`. */
  path: string
  description: string
  hints: Hints
  default: unknown
  /** Keys below it; empty for a leaf and for a value that has a shape of its own. */
  children: Record<string, ValueNode>
}

/** The keys of a commented values.yaml. Throws CHART_VALUES for a comment that cannot be understood. */
export function readAnnotatedValues(text: string): Record<string, ValueNode> {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw new ChartError('CHART_VALUES', error.message)
  if (!isMap(document.contents)) throw new ChartError('CHART_VALUES', 'values.yaml must be a map')
  return readMap(document.contents, '')
}

function readMap(map: YAMLMap, prefix: string): Record<string, ValueNode> {
  const entries = map.items.map((pair, index): [string, ValueNode] => {
    const key = keyOf(pair)
    // The comment of the first key belongs, for the parser, to the map.
    const comment = isScalar(pair.key)
      ? (pair.key.commentBefore ?? (index === 0 ? map.commentBefore : null))
      : null
    return [key, readNode(pair, `${prefix}${key}`, comment ?? '')]
  })
  return Object.fromEntries(entries)
}

function keyOf({ key }: Pair): string {
  if (isScalar(key) && typeof key.value === 'string') return key.value
  throw new ChartError('CHART_VALUES', `${String(key)} is no name of a value`)
}

function readNode(pair: Pair, path: string, comment: string): ValueNode {
  const { description, hints } = readComment(comment, path)
  const { value } = pair
  const hasShape = hints.use !== undefined || hints.map !== undefined
  const children = isMap(value) && !hasShape ? readMap(value, `${path}.`) : {}
  const json = (value as { toJSON?: () => unknown } | null)?.toJSON?.()
  return { path, description, hints, default: json, children }
}

const MARK = '@schema '

function readComment(comment: string, path: string): { description: string; hints: Hints } {
  // Only the block right above the key; one before an empty line is a heading.
  const block = comment.split(/\n\s*\n/).at(-1) ?? ''
  const lines = block.split('\n').map((line) => line.trim())
  const description = lines.filter((line) => !line.startsWith(MARK)).join(' ')
  const marks = lines.filter((line) => line.startsWith(MARK)).map((line) => line.slice(MARK.length))
  return {
    description: description.trim(),
    hints: Object.assign({}, ...marks.map((mark) => readHints(mark, path))) as Hints,
  }
}

function readHints(text: string, path: string): Hints {
  try {
    const hints: unknown = parse(text)
    if (typeof hints === 'object' && hints !== null) return hints as Hints
  } catch {
    // Said below, with the place.
  }
  throw new ChartError('CHART_VALUES', `${path}: the @schema comment is no map: ${text}`)
}
