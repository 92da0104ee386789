import type { ValueNode } from './annotated-values.ts'
import { DEFINITIONS, mapOf, strict } from './definitions.ts'
import { ChartError } from './errors.ts'

/** The JSON Schema of a chart's values: no unknown key, no missing one, every leaf with its type and limits. */
export function schemaOf(chart: string, values: Record<string, ValueNode>): object {
  const properties = mapValues(values, (node) => schemaOfNode(node))
  const used = new Set(nodesOf(values).flatMap(({ hints }) => (hints.use === undefined ? [] : [hints.use])))
  const definitions = Object.entries(DEFINITIONS).filter(([name]) => used.has(name))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Values of the chart ${chart}`,
    // Helm hands this down to a chart that is part of another one.
    ...strict({ ...properties, global: { type: 'object' } }, ['global']),
    definitions: Object.fromEntries(definitions),
  }
}

/** What a reader should know of a value: its own comment, or else that of its shape. Throws CHART_VALUES without any. */
export function descriptionOf({ path, description, hints, children }: ValueNode): string {
  if (description !== '') return description
  const shape = hints.use === undefined ? undefined : definitionNamed(hints.use, path)
  if (shape !== undefined) return shape.description
  if (Object.keys(children).length > 0) return ''
  throw new ChartError('CHART_VALUES', `${path} has no comment that says what it is`)
}

/** A node and all below it, in the order of the file. */
export function nodesOf(values: Record<string, ValueNode>): ValueNode[] {
  return Object.values(values).flatMap((node) => [node, ...nodesOf(node.children)])
}

function schemaOfNode(node: ValueNode): object {
  const { hints, children, path } = node
  const description = descriptionOf(node)
  const said = description === '' ? {} : { description }
  const { use, map, ...keywords } = hints
  if (use !== undefined) {
    definitionNamed(use, path)
    // A reference has no siblings in this draft of JSON Schema.
    return { ...said, allOf: [{ $ref: `#/definitions/${use}` }] }
  }
  if (map !== undefined) return { ...said, ...mapOf(map) }
  if (Object.keys(children).length > 0) return { ...said, ...strict(mapValues(children, schemaOfNode)) }
  return { ...said, type: typeOf(node), ...keywords }
}

function definitionNamed(name: string, path: string) {
  const definition = DEFINITIONS[name]
  if (definition === undefined)
    throw new ChartError('CHART_VALUES', `${path}: there is no shape called ${name}`)
  return definition
}

function typeOf({ default: value, path }: ValueNode): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value
  throw new ChartError('CHART_VALUES', `${path} needs a default value that shows its type`)
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
