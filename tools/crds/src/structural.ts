import type { TSchema } from 'typebox'

type Json = Record<string, unknown>

/** A schema that the API server would not take. */
export class NotStructuralError extends Error {
  override readonly name = 'NotStructuralError'
}

/** Keywords the API server knows; what else a schema carries would be refused or dropped in silence. */
const KEYWORDS = new Set([
  ...[
    'type',
    'description',
    'default',
    'enum',
    'format',
    'pattern',
    'properties',
    'required',
    'items',
    'nullable',
  ],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
  ...['x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
])

const TYPES = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean'])

/**
 * The structural schema of an OpenAPI v3 definition: every node has a type and a description, every text and list has
 * a bound (what CEL rules cost is reckoned from them), and fields with a default are not required, since the API server
 * fills them in before it checks. Throws NotStructuralError and names the field.
 */
export function structural(schema: TSchema, path = ''): Json {
  const node = { ...(schema as unknown as Json) }
  check(node, path)
  const { properties, items, required } = node as {
    properties?: Record<string, TSchema>
    items?: TSchema
    required?: string[]
  }
  if (properties !== undefined) {
    node.properties = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, structural(one, `${path}.${name}`)]),
    )
    const needed = (required ?? []).filter((name) => !('default' in (properties[name] ?? {})))
    if (needed.length > 0) node.required = needed
    else delete node.required
  }
  if (items !== undefined) node.items = structural(items, `${path}[]`)
  return node
}

function check(node: Json, path: string): void {
  const refuse = (why: string): never => {
    throw new NotStructuralError(`${path === '' ? 'the schema' : path} ${why}`)
  }
  if (typeof node.type !== 'string' || !TYPES.has(node.type)) refuse('has no type')
  if (typeof node.description !== 'string' || node.description === '') refuse('has no description')
  const unknown = Object.keys(node).find((keyword) => !KEYWORDS.has(keyword))
  if (unknown !== undefined) refuse(`has the keyword ${unknown}, which a structural schema does not know`)
  if (node.type === 'array' && typeof node.maxItems !== 'number') refuse('has no maxItems')
  if (isUnboundedText(node)) refuse('has no maxLength')
}

const isUnboundedText = ({ type, enum: values, maxLength }: Json) =>
  type === 'string' && values === undefined && typeof maxLength !== 'number'
