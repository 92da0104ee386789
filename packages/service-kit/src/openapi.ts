import swagger from '@fastify/swagger'
import { Problem } from '@medqueue/contracts'
import type { FastifySchema, RouteOptions } from 'fastify'
import { Type } from 'typebox'

import type { ErrorCatalogue } from './errors.ts'
import type { Service } from './types.ts'

export interface OpenApiOptions {
  name: string
  version: string
  /** Every coded error the service can answer with; listed in the document as `x-problems`. */
  errors: ErrorCatalogue
}

/** Collects the routes registered after it and serves them as OpenAPI 3.1 at `/openapi.json`. */
export async function addOpenApi(app: Service, { name, version, errors }: OpenApiOptions): Promise<void> {
  const problems = Object.values(errors).map(({ code, status, title, hint }) => ({
    code,
    status,
    title,
    hint,
  }))
  await app.register(swagger, {
    openapi: {
      ...({ 'x-problems': problems } as object),
      openapi: '3.1.0',
      info: { title: `Medqueue ${name}`, version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }],
    },
    transform: ({ schema, url, route }) => ({ schema: describe(schema, route), url }),
  })

  app.get(
    '/openapi.json',
    { config: { permission: 'public' }, schema: { hide: true, response: { 200: Type.Unknown() } } },
    () => app.swagger(),
  )
}

/** Adds to a route's documentation who may call it and that it can answer with a problem. */
function describe(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const permission = route.config?.permission
  const answers = (schema?.response ?? {}) as Record<string, unknown>
  const problem = {
    description: 'RFC 9457 problem details',
    content: { 'application/problem+json': { schema: Problem } },
  }
  const response = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, answer === Problem ? problem : answer]),
  )
  return {
    ...sendable(schema, route.config?.headers),
    response: { default: problem, ...response },
    ...(permission === 'public' ? { security: [] } : {}),
    ...({ 'x-permission': permission } as object),
  }
}

const IF_MATCH = {
  type: 'string',
  description: 'The ETag of what was read; without it 428, but for what is new',
}

/**
 * Headers that handlers ask for themselves, because they say better what is missing: a route that answers 428 reads
 * If-Match, and one that knows Idempotency-Key wants it.
 */
function wantedHeaders({ headers, response = {} }: FastifySchema, read: object): object | undefined {
  const { properties, required = [] } = (headers ?? {}) as { properties?: object; required?: string[] }
  const all = { ...('428' in (response as object) ? { 'if-match': IF_MATCH } : {}), ...read, ...properties }
  const wanted = Object.keys(all).filter((name) => required.includes(name) || name === 'idempotency-key')
  return Object.keys(all).length === 0 ? undefined : { type: 'object', properties: all, required: wanted }
}

/** The same with headers that are read before the handler, and with what has a default as optional: it is filled in when it is not sent, and is there for the handler. */
function sendable(schema: FastifySchema = {}, read: object = {}): FastifySchema {
  const { querystring, body } = schema
  return {
    ...schema,
    querystring: withoutDefaults(querystring),
    body: withoutDefaults(body),
    headers: wantedHeaders(schema, read),
  }
}

function withoutDefaults(schema: unknown): unknown {
  const { properties, required } = (schema ?? {}) as Partial<{
    properties: Record<string, object>
    required: string[]
  }>
  if (properties === undefined || required === undefined) return schema
  return {
    ...(schema as object),
    required: required.filter((name) => !('default' in (properties[name] ?? {}))),
  }
}
