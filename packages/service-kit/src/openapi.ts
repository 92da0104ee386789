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
    ...schema,
    response: { default: problem, ...response },
    ...(permission === 'public' ? { security: [] } : {}),
    ...({ 'x-permission': permission } as object),
  }
}
