import test, { type ExecutionContext } from 'ava'

import { breakingChanges, type Document, isNewEra } from '../src/openapi/breaking.ts'
import type { Schema } from '../src/openapi/schema-changes.ts'

type Operation = Document['paths'][string][string]

const text = { type: 'string', maxLength: 10 }
const json = (schema: Schema) => ({ content: { 'application/json': { schema } } })
const object = (properties: Record<string, Schema>, required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

/** `POST /v1/visits?limit`, which takes `{start, note?}` and answers `{id, status, room?}`. */
const visits: Operation = {
  'x-permission': 'visit:write',
  parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 50 } }],
  requestBody: json(
    object({ start: text, note: text, kind: { enum: ['a', 'b'], type: 'string' } }, ['start']),
  ),
  responses: {
    201: json(
      object({ id: text, status: { anyOf: [text, { type: 'null' }] }, room: text }, ['id', 'status']),
    ),
  },
}
const documentOf = (operation: Operation, version = '0.1.0'): Document => ({
  info: { version },
  paths: { '/v1/visits': { post: operation } },
})
const bodyOf = (schema: Schema): Operation => ({ ...visits, requestBody: json(schema) })
const answerOf = (schema: Schema): Operation => ({ ...visits, responses: { 201: json(schema) } })

function breaks(t: ExecutionContext, operation: Operation, lines: string[]): void {
  t.deepEqual(breakingChanges(documentOf(visits), documentOf(operation)), lines)
}
breaks.title = (name = '') => name

const body = (start: Schema, more: Record<string, Schema> = {}, required = ['start']) =>
  bodyOf(object({ start, note: text, kind: { enum: ['a', 'b'], type: 'string' }, ...more }, required))
const answer = (properties: Record<string, Schema>, required: string[]) =>
  answerOf(object(properties, required))
const status = { anyOf: [text, { type: 'null' }] }

test('nothing changed breaks nothing', breaks, visits, [])
test(
  'more that may be sent breaks nothing',
  breaks,
  body({ type: 'string', maxLength: 20 }, { who: text }),
  [],
)
test(
  'more that is answered breaks nothing',
  breaks,
  answer({ id: text, status, room: text, who: text }, ['id', 'status', 'who']),
  [],
)
test(
  'a longer answer breaks nothing',
  breaks,
  answer({ id: { ...text, maxLength: 99 }, status, room: text }, ['id', 'status']),
  [],
)
test('a field that must be sent now', breaks, body(text, { who: text }, ['start', 'who']), [
  'POST /v1/visits body.who must be sent',
])
test('a field that was optional and must be sent', breaks, body(text, {}, ['start', 'note']), [
  'POST /v1/visits body.note must be sent',
])
test(
  'a field that may not be sent any more',
  breaks,
  bodyOf(object({ start: text, kind: { enum: ['a', 'b'], type: 'string' } }, ['start'])),
  ['POST /v1/visits body.note is gone'],
)
test('a field that may be shorter only', breaks, body({ type: 'string', maxLength: 5 }), [
  'POST /v1/visits body.start has another maxLength: 10, now 5',
])
test('a field with a pattern of late', breaks, body({ ...text, pattern: '^x' }), [
  'POST /v1/visits body.start has another pattern: undefined, now ^x',
])
test('a field of another type', breaks, body({ type: 'integer' }), [
  'POST /v1/visits body.start is "integer" and was "string"',
])
test('a choice that is taken away', breaks, body(text, { kind: { enum: ['a'], type: 'string' } }), [
  'POST /v1/visits body.kind may not be b any more',
])
test('a choice where everything was possible', breaks, body({ ...text, enum: ['a'] }), [
  'POST /v1/visits body.start may not be all others any more',
])
test('an answer without a field', breaks, answer({ id: text, status }, ['id', 'status']), [
  'POST /v1/visits 201.room is gone',
])
test('an answer that may lack a field', breaks, answer({ id: text, status, room: text }, ['id']), [
  'POST /v1/visits 201.status may be missing',
])
test(
  'an answer with a shape nobody knew',
  breaks,
  answer({ id: text, status: { anyOf: [text, { type: 'null' }, { type: 'array' }] }, room: text }, [
    'id',
    'status',
  ]),
  ['POST /v1/visits 201.status has other shapes than before'],
)
test(
  'an answer with fewer shapes breaks nothing',
  breaks,
  answer({ id: text, status: text, room: text }, ['id', 'status']),
  [],
)
test('a status that is not answered any more', breaks, { ...visits, responses: {} }, [
  'POST /v1/visits does not answer 201 any more',
])
test('a parameter that is gone', breaks, { ...visits, parameters: [] }, ['POST /v1/visits?limit is gone'])
test(
  'a parameter that must be sent',
  breaks,
  { ...visits, parameters: [...(visits.parameters ?? []), { name: 'day', in: 'query', required: true }] },
  ['POST /v1/visits?day must be sent'],
)
test(
  'a parameter with a lower bound',
  breaks,
  { ...visits, parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 10 } }] },
  ['POST /v1/visits?limit has another maximum: 50, now 10'],
)
test('another permission', breaks, { ...visits, 'x-permission': 'visit:admin' }, [
  'POST /v1/visits asks for the permission visit:admin',
])
test(
  'a permission that nobody needs any more breaks nothing',
  breaks,
  { ...visits, 'x-permission': 'public' },
  [],
)
test('another content type', breaks, { ...visits, requestBody: { content: { 'text/plain': {} } } }, [
  'POST /v1/visits body is not application/json any more',
])

test('a route that is gone is told, a new one is not', (t) => {
  const other = { info: { version: '0.1.0' }, paths: { '/v1/visits': { get: visits } } }
  t.deepEqual(breakingChanges(documentOf(visits), other), ['POST /v1/visits is gone'])
  t.deepEqual(breakingChanges({ ...other, paths: {} }, other), [])
})

test('a version tells of a break by its first number, and before 1.0.0 by its second', (t) => {
  const era = (before: string, after: string) =>
    isNewEra(documentOf(visits, before), documentOf(visits, after))
  t.deepEqual(
    [
      era('0.1.0', '0.1.9'),
      era('0.1.0', '0.2.0'),
      era('0.9.0', '1.0.0'),
      era('1.2.0', '1.3.0'),
      era('1.3.0', '2.0.0'),
    ],
    [false, true, true, false, true],
  )
})
