import { ownerOf } from '@medqueue/contracts'
import test from 'ava'

import { mergeOpenApi, type OpenApi, readOpenApi } from '../../src/domain/openapi.ts'

const get = (schema: string) => ({
  get: { responses: { 200: { content: { json: { schema: { $ref: `#/components/schemas/${schema}` } } } } } },
})
const info = { title: 'All', version: '1' }

function merge(documents: Partial<Record<'booking' | 'directory' | 'identity', OpenApi>>) {
  return mergeOpenApi(
    Object.entries(documents).map(([service, document]) => ({ service: service as 'booking', document })),
    ownerOf,
    info,
  ) as { paths: Record<string, unknown>; components: { schemas: Record<string, unknown> }; tags: object[] }
}

test('a component that two services describe alike is there once', (t) => {
  const components = { schemas: { Problem: { type: 'object' } } }
  const merged = merge({
    booking: { paths: { '/v1/slots': get('Problem') }, components },
    directory: { paths: { '/v1/doctors': get('Problem') }, components },
  })

  t.deepEqual(merged.components.schemas, components.schemas)
  t.like(merged.paths['/v1/doctors'], get('Problem'))
})

test('a component that two services describe differently gets a name of its own, and so do references to it', (t) => {
  const merged = merge({
    booking: { paths: { '/v1/slots': get('Page') }, components: { schemas: { Page: { type: 'object' } } } },
    directory: {
      paths: { '/v1/doctors': get('List') },
      components: {
        schemas: { Page: { type: 'array' }, List: { items: { $ref: '#/components/schemas/Page' } } },
      },
    },
  })

  t.deepEqual(merged.components.schemas, {
    Page: { type: 'object' },
    'directory.Page': { type: 'array' },
    List: { items: { $ref: '#/components/schemas/directory.Page' } },
  })
  t.like(merged.paths, { '/v1/slots': get('Page'), '/v1/doctors': get('List') })
})

test('paths that the path table gives to another service, or to none, are left out', (t) => {
  const merged = merge({
    directory: { paths: { '/v1/users': get('A'), '/livez': get('A'), '/v1/doctors/{id}': get('A') } },
  })

  t.deepEqual(Object.keys(merged.paths), ['/v1/doctors/{id}'])
})

test('operations are tagged with their service unless they say otherwise', (t) => {
  const merged = merge({
    directory: {
      paths: {
        '/v1/doctors': { parameters: [], get: { responses: {} }, post: { responses: {}, tags: ['own'] } },
      },
    },
  })

  t.deepEqual(merged.paths['/v1/doctors'], {
    parameters: [],
    get: { responses: {}, tags: ['directory'] },
    post: { responses: {}, tags: ['own'] },
  })
  t.deepEqual(merged.tags, [{ name: 'directory' }])
})

test('who may call is said of each operation, as the services may differ in it', (t) => {
  const merged = merge({
    booking: { paths: { '/v1/slots': { get: { responses: {} } } } },
    directory: {
      security: [{ bearer: [] }],
      paths: { '/v1/doctors': { get: { responses: {}, security: [] }, post: { responses: {} } } },
    },
  })

  t.deepEqual(merged.paths, {
    '/v1/slots': { get: { tags: ['booking'], responses: {} } },
    '/v1/doctors': {
      get: { tags: ['directory'], responses: {}, security: [] },
      post: { tags: ['directory'], responses: {}, security: [{ bearer: [] }] },
    },
  })
})

test('no documents make an empty document', (t) => {
  t.deepEqual(merge({}) as unknown, { openapi: '3.1.0', info, tags: [], paths: {}, components: {} })
})

test('what is no document harms nothing', (t) => {
  const merged = merge({ booking: { paths: { '/v1/slots': null } } })

  t.deepEqual(merged.paths, { '/v1/slots': {} })
})

test('of a document that is read, only what is merged is kept', (t) => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Labs' },
    security: [{ bearer: [] }],
    paths: { '/v1/slots': get('Lab') },
    components: { schemas: { Lab: { type: 'object' } }, 'x-notes': { a: 1 } },
  }

  t.deepEqual(readOpenApi(JSON.stringify(document)), {
    security: [{ bearer: [] }],
    paths: document.paths,
    components: { schemas: document.components.schemas },
  })
})

const refuses = test.macro((t, text: string) => {
  t.throws(() => readOpenApi(text), { any: true })
})
for (const text of [
  ...['', 'null', '[]', '"text"', '{"paths":[]}', '{"paths":null}', '{"components":5}'],
  '{"components":{"schemas":null}}',
  '{"components":{"schemas":["a"]}}',
]) {
  test(`a document that is ${text === '' ? 'empty' : text} is refused`, refuses, text)
}
const DEEP = 100_000
test(
  'a document that could not be written out again is refused',
  refuses,
  `{"paths":{"/v1/slots":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`,
)

test('a document changes nothing but the merged one, whatever its keys are called', (t) => {
  const bad = '{"a":{"polluted":true},"polluted":true}'
  const document = readOpenApi(
    `{"paths":{"/v1/slots":{},"__proto__":${bad}},
      "components":{"__proto__":${bad},"constructor":${bad},"schemas":{"__proto__":${bad},"constructor":${bad}}}}`,
  )

  merge({ directory: { paths: {} }, booking: document })

  t.false('polluted' in {})
  t.false('polluted' in Object)
})
