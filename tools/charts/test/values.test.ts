import test from 'ava'

import { readAnnotatedValues } from '../src/annotated-values.ts'
import { merged, placesOf } from '../src/check/values.ts'
import { mutationsOf } from '../src/mutations.ts'
import { readmeOf } from '../src/readme.ts'
import { schemaOf } from '../src/schema.ts'

const VALUES = `# A heading.

# How many.
# @schema {minimum: 1, maximum: 3}
count: 2

server:
  # Its name, over
  # two lines.
  # @schema {pattern: '^[a-z]+$'}
  name: a
  # @schema {use: resources}
  resources: {requests: {memory: 1Mi}}

# Labels.
# @schema {map: label}
labels: {}
`

const properties = (schema: object) => (schema as { properties: Record<string, object> }).properties

test('descriptions and limits come from the comment right above a key', (t) => {
  const nodes = readAnnotatedValues(VALUES)
  t.like(nodes.count, {
    path: 'count',
    description: 'How many.',
    hints: { minimum: 1, maximum: 3 },
    default: 2,
  })
  t.like(nodes.server?.children.name, { path: 'server.name', description: 'Its name, over two lines.' })
})

test('a comment that is no map is refused with its place', (t) => {
  t.throws(() => readAnnotatedValues('# X.\n# @schema nonsense\na: 1\n'), {
    code: 'CHART_VALUES',
    message: /^a: /,
  })
})

test('a value without a description is refused', (t) => {
  t.throws(() => schemaOf('x', readAnnotatedValues('a: 1\n')), {
    code: 'CHART_VALUES',
    message: /^a has no comment/,
  })
})

test('a shape that does not exist is refused', (t) => {
  const nodes = readAnnotatedValues('# X.\n# @schema {use: nothing}\na: {}\n')
  t.throws(() => schemaOf('x', nodes), { code: 'CHART_VALUES', message: /nothing/ })
})

test('the schema is closed, with types, limits and required keys', (t) => {
  const schema = schemaOf('x', readAnnotatedValues(VALUES))
  t.like(schema, { type: 'object', additionalProperties: false, required: ['count', 'server', 'labels'] })
  t.like(properties(schema).count, { type: 'integer', minimum: 1, maximum: 3, description: 'How many.' })
  t.like(properties(schema).server, { additionalProperties: false, required: ['name', 'resources'] })
  t.like(schema, { definitions: { resources: { additionalProperties: false } } })
})

test('the README has a row for each leaf', (t) => {
  const readme = readmeOf('# x\n', readAnnotatedValues(VALUES))
  t.true(readme.includes('| `count` | `2` | 1 to 3 | How many. |'))
  t.true(readme.includes('| `server.name` | `a` |  | Its name, over two lines. |'))
})

test('values over values: maps are merged, null takes away', (t) => {
  t.deepEqual(merged({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: null, e: 5 }, d: [1] }), {
    a: { c: 2, e: 5 },
    d: [1],
  })
})

test('wrong values are made for each key, and unknown keys for each closed object', (t) => {
  const schema = schemaOf('x', readAnnotatedValues(VALUES)) as Record<string, unknown>
  const made = mutationsOf({ count: 2, labels: {} }, placesOf(schema)).map(({ what }) => what)
  t.true(made.includes('count = "many"'))
  t.true(made.includes('count = null'))
  t.true(made.includes('noSuchKey = true'))
  t.false(made.some((what) => what.startsWith('labels.noSuchKey')))
})

test('taking away what may be left out is nothing wrong', (t) => {
  const schema = schemaOf('x', readAnnotatedValues(VALUES)) as Record<string, unknown>
  const values = { server: { resources: { requests: { cpu: '1', memory: '1Mi' } } } }
  const made = mutationsOf(values, placesOf(schema)).map(({ what }) => what)
  t.false(made.includes('server.resources.requests.cpu = null'))
  t.true(made.includes('server.resources.requests.memory = null'))
})
