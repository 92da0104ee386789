import { Problem, ResourceKind, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import {
  createResource,
  replaceResource,
  resourceById,
  type ResourceValues,
} from '../operations/resources.ts'
import { Resource, ResourceBody, writeResource } from '../resources/resource.ts'
import { listResources } from '../store/list-resources.ts'
import { authorOf } from './author.ts'
import { decodeCursor, encodeCursor, Next, pageOf, Paging } from './paging.ts'
import { etagOf, expectedBy } from './versions.ts'

const Query = strictObject({
  clinicId: Type.Optional(Uuid),
  kind: Type.Optional(ResourceKind),
  active: Type.Optional(Type.Boolean()),
  ...Paging,
})
const Params = strictObject({ id: Uuid })
const Page = Type.Object({ items: Type.Array(Resource), next: Next })

function valuesOf({ active = true, ...body }: ResourceBody): ResourceValues {
  return { ...body, active }
}

/** `/v1/resources`: rooms and devices that are booked together with doctors. `active: false` switches one off. */
export const resourceRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  const reads = { permission: 'schedule:read' } as const
  const writes = { permission: 'resource:write' } as const
  const refusals = { 400: Problem, 409: Problem, 422: Problem }

  app.get(
    '/v1/resources',
    { config: reads, schema: { operationId: 'listResources', querystring: Query, response: { 200: Page } } },
    async ({ query }) => {
      const { clinicId = null, kind = null, active = null, cursor, limit } = query
      const [after = '0'] = cursor === undefined ? [] : decodeCursor(cursor, /^(\d{1,18})$/)
      const rows = await listResources(core.pool, { clinicId, kind, active, after, limit: limit + 1 })
      const { items, next } = pageOf(rows, limit, ({ position }) => encodeCursor(position))
      return { items: items.map(writeResource), next }
    },
  )

  app.post(
    '/v1/resources',
    {
      config: writes,
      schema: { operationId: 'createResource', body: ResourceBody, response: { 201: Resource, ...refusals } },
    },
    async (request, reply) => {
      const resource = await createResource(core, authorOf(request), valuesOf(request.body))
      return reply
        .code(201)
        .header('location', `/v1/resources/${resource.id}`)
        .header('etag', etagOf(resource))
        .send(writeResource(resource))
    },
  )

  app.get(
    '/v1/resources/:id',
    {
      config: reads,
      schema: { operationId: 'getResource', params: Params, response: { 200: Resource, 404: Problem } },
    },
    async (request, reply) => {
      const resource = await resourceById(core.pool, request.params.id)
      return reply.header('etag', etagOf(resource)).send(writeResource(resource))
    },
  )

  app.put(
    '/v1/resources/:id',
    {
      config: writes,
      schema: {
        operationId: 'replaceResource',
        params: Params,
        body: ResourceBody,
        response: { 200: Resource, ...refusals, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request, reply) => {
      const target = { id: request.params.id, expected: expectedBy(request.headers['if-match']) }
      const resource = await replaceResource(core, authorOf(request), target, valuesOf(request.body))
      return reply.header('etag', etagOf(resource)).send(writeResource(resource))
    },
  )
}
