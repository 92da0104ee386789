import type { ValueNode } from './annotated-values.ts'
import { descriptionOf, nodesOf } from './schema.ts'

/** README.md of a chart: the hand-written head, then a table of every value. */
export function readmeOf(head: string, values: Record<string, ValueNode>): string {
  const rows = nodesOf(values)
    .filter((node) => Object.keys(node.children).length === 0)
    .map(
      (node) =>
        `| \`${node.path}\` | ${codeOf(node.default)} | ${allowedOf(node)} | ${cell(descriptionOf(node))} |`,
    )
  return [
    head.trimEnd(),
    '',
    '## Values',
    'Written from the comments of `values.yaml` by `make generate-charts`. Unknown keys and values out of range are refused.',
    '',
    '| value | default | allowed | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function codeOf(value: unknown): string {
  if (value === '') return ''
  return `\`${cell(typeof value === 'string' ? value : JSON.stringify(value))}\``
}

function allowedOf({ hints, default: value }: ValueNode): string {
  const { enum: choices, minimum, maximum, exclusiveMinimum } = hints
  if (Array.isArray(choices)) return choices.map((choice) => `\`${String(choice)}\``).join(', ')
  if (typeof minimum === 'number' && typeof maximum === 'number') return `${minimum} to ${maximum}`
  if (typeof exclusiveMinimum === 'number') return `above ${exclusiveMinimum}, to ${String(maximum)}`
  if (typeof value === 'boolean') return '`true`, `false`'
  return ''
}
