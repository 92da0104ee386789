import { Problem, strictObject } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TObject, type TProperties } from 'typebox'

import { type Catalogue, createEntry, replaceEntry, switchEntry } from '../catalogue.ts'
import { notFound } from '../change.ts'
import { cutPage, encodeCursor } from '../domain/cursor.ts'
import { NamePosition, positionOf } from '../http/paging.ts'
import { expectedVersions } from '../http/preconditions.ts'
import { sendChanged, sendPage, sendRecord } from '../http/send.ts'
import { IdParams, newBody, NoBody, NoQuery, PageQuery, pageOf } from '../schemas/common.ts'
import { findRow } from '../store/find-row.ts'
import { listRows } from '../store/list-rows.ts'
import { changeOf, type RouteOptions } from './options.ts'

export interface CatalogueRoutes<Fields extends object> {
  /** Such as /v1/clinics. */
  path: string
  /** Ends the operation ids: clinic makes getClinic. */
  name: string
  plural: string
  fields: TProperties
  record: TObject
  catalogue: Catalogue<Fields>
}

/** The routes of a catalogue: everybody reads, admins write, and every write says which version it is for. */
export function catalogueRoutes<Fields extends object>(
  routes: CatalogueRoutes<Fields>,
): FastifyPluginAsyncTypebox<RouteOptions> {
  return async (app, options) => {
    await app.register(readRoutes(routes), options)
    await app.register(writeRoutes(routes), options)
  }
}

function readRoutes<Fields extends object>({
  path,
  name,
  plural,
  record,
  catalogue,
}: CatalogueRoutes<Fields>): FastifyPluginAsyncTypebox<RouteOptions> {
  return async (app, { pool }) => {
    const config = { permission: 'public' } as const

    const listSchema = {
      operationId: `list${plural}`,
      querystring: strictObject(PageQuery),
      response: { 200: pageOf(record), 400: Problem },
    }
    app.get(path, { config, schema: listSchema }, async (request, reply) => {
      const { cursor, limit } = request.query
      const after = positionOf(NamePosition, cursor)
      const { page, last } = cutPage(
        await listRows(pool, catalogue.table, { after, limit: limit + 1 }),
        limit,
      )
      const next = last === undefined ? null : encodeCursor({ name: last.sortName, id: last.id })
      return sendPage(request, reply, { items: page, next })
    })

    const getSchema = {
      operationId: `get${name}`,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: record, 404: Problem },
    }
    app.get(`${path}/:id`, { config, schema: getSchema }, async (request, reply) => {
      const row = await findRow(pool, catalogue.table, request.params.id)
      if (row === undefined) throw notFound()
      return sendRecord(request, reply, row)
    })
  }
}

function writeRoutes<Fields extends object>({
  path,
  name,
  fields,
  record,
  catalogue,
}: CatalogueRoutes<Fields>): FastifyPluginAsyncTypebox<RouteOptions> {
  return async (app, options) => {
    const config = { permission: 'directory:write' } as const
    const changed = { 200: record, 400: Problem, 404: Problem, 412: Problem, 428: Problem }

    const createSchema = {
      operationId: `create${name}`,
      body: newBody(fields),
      querystring: NoQuery,
      response: { 201: record, 400: Problem, 409: Problem, 422: Problem },
    }
    app.post(path, { config, schema: createSchema }, async (request, reply) => {
      const { id, ...rest } = request.body as Fields & { id?: string }
      const row = await createEntry(changeOf(request, options), catalogue, { id, fields: rest as Fields })
      reply.header('location', `${path}/${row.id}`)
      return sendChanged(reply, row, 201)
    })

    const replaceSchema = {
      operationId: `replace${name}`,
      params: IdParams,
      querystring: NoQuery,
      body: strictObject(fields),
      response: { ...changed, 409: Problem, 422: Problem },
    }
    app.put(`${path}/:id`, { config, schema: replaceSchema }, async (request, reply) => {
      const change = {
        id: request.params.id,
        expected: expectedVersions(request),
        fields: request.body as Fields,
      }
      return sendChanged(reply, await replaceEntry(changeOf(request, options), catalogue, change))
    })

    for (const [verb, active] of [
      ['activate', true],
      ['deactivate', false],
    ] as const) {
      const operationId = `${verb}${name}`
      const schema = { operationId, params: IdParams, querystring: NoQuery, body: NoBody, response: changed }
      app.post(`${path}/:id/${verb}`, { config, schema }, async (request, reply) => {
        const change = { id: request.params.id, expected: expectedVersions(request), active }
        return sendChanged(reply, await switchEntry(changeOf(request, options), catalogue, change))
      })
    }
  }
}
