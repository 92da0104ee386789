import { AjvCompiler } from '@fastify/ajv-compiler'
import type { FastifySchemaCompiler } from 'fastify'

type ValidatorFactory = (
  externalSchemas: Record<string, never>,
  options: object,
) => FastifySchemaCompiler<unknown>

const COMMON = { removeAdditional: false, allErrors: false, useDefaults: true, logger: false } as const

/**
 * Bodies are checked as they came: JSON has types, so a number sent as text is a mistake. Paths, queries and headers
 * are all text and are coerced. No unknown field is ever dropped in silence.
 */
export function createValidators(): ValidatorFactory {
  const build = AjvCompiler()
  return (externalSchemas) => {
    const strict = build(externalSchemas, { customOptions: { ...COMMON, coerceTypes: false } })
    const coercing = build(externalSchemas, { customOptions: { ...COMMON, coerceTypes: 'array' } })
    return ({ schema, httpPart }) =>
      (httpPart === 'body' ? strict : coercing)({ schema }) as ReturnType<FastifySchemaCompiler<unknown>>
  }
}
