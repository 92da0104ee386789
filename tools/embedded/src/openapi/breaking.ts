import { type Schema, schemaChanges } from './schema-changes.ts'

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema?: Schema
}

interface Body {
  required?: boolean
  content?: Record<string, { schema?: Schema }>
}

interface Operation {
  parameters?: Parameter[]
  requestBody?: Body
  responses?: Record<string, Body>
  'x-permission'?: string
}

/** An OpenAPI document, as far as it promises something. */
export interface Document {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
}

/** What in `after` breaks clients that were made for `before`, a line each: empty when they can go on as they are. */
export function breakingChanges(before: Document, after: Document): string[] {
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const at = `${method.toUpperCase()} ${path}`
      const next = after.paths[path]?.[method]
      return next === undefined ? [`${at} is gone`] : operationChanges(operation, next, at)
    }),
  )
}

/**
 * True when the version says that clients have to look: another first number, or, before 1.0.0, another second one.
 */
export function isNewEra(before: Document, after: Document): boolean {
  const era = ({ info }: Document) => {
    const [major = '0', minor = '0'] = info.version.split('.')
    return major === '0' ? `0.${minor}` : major
  }
  return era(before) !== era(after)
}

function operationChanges(before: Operation, after: Operation, at: string): string[] {
  const permission = after['x-permission']
  return [
    ...(permission === before['x-permission'] || permission === 'public'
      ? []
      : [`${at} asks for the permission ${String(permission)}`]),
    ...parameterChanges(before.parameters ?? [], after.parameters ?? [], at),
    ...bodyChanges('sent', before.requestBody, after.requestBody, `${at} body`),
    ...(after.requestBody?.required === true && before.requestBody?.required !== true
      ? [`${at} body must be sent`]
      : []),
    ...Object.entries(before.responses ?? {}).flatMap(([status, answer]) =>
      after.responses?.[status] === undefined
        ? [`${at} does not answer ${status} any more`]
        : bodyChanges('read', answer, after.responses[status], `${at} ${status}`),
    ),
  ]
}

function parameterChanges(before: Parameter[], after: Parameter[], at: string): string[] {
  const same = (one: Parameter) => (other: Parameter) => other.name === one.name && other.in === one.in
  const demanded = after
    .filter((one) => one.required === true && before.find(same(one))?.required !== true)
    .map(({ name }) => `${at}?${name} must be sent`)
  const changed = before.flatMap((one) => {
    const next = after.find(same(one))
    if (next === undefined) return [`${at}?${one.name} is gone`]
    return schemaChanges('sent', one.schema ?? {}, next.schema ?? {}, `${at}?${one.name}`)
  })
  return [...demanded, ...changed]
}

function bodyChanges(
  way: 'sent' | 'read',
  before: Body | undefined,
  after: Body | undefined,
  at: string,
): string[] {
  return Object.entries(before?.content ?? {}).flatMap(([type, { schema = {} }]) => {
    const next = after?.content?.[type]
    return next === undefined
      ? [`${at} is not ${type} any more`]
      : schemaChanges(way, schema, next.schema ?? {}, at)
  })
}
