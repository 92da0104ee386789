import test from 'ava'

import { mergeOpenApi, type OpenApi } from '../../src/domain/openapi.ts'

const get = (schema: string) => ({
  get: { responses: { 200: { content: { json: { schema: { $ref: `#/components/schemas/${schema}` } } } } } },
})
const info = { title: 'All', version: '1' }

function merge(documents: Partial<Record<'booking' | 'directory' | 'identity', OpenApi>>) {
  return mergeOpenApi(
    Object.entries(documents).map(([service, document]) => ({ service: service as 'booking', document })),
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
