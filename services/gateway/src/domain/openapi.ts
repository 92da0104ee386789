import type { Owners } from './route.ts'

/** The parts of an OpenAPI 3.1 document that are merged. */
export interface OpenApi {
  openapi?: string
  info?: { title?: string; version?: string; description?: string }
  paths?: Record<string, unknown>
  components?: Record<string, Record<string, unknown>>
  tags?: { name: string; description?: string }[]
  /** Who may call operations that do not say it themselves. */
  security?: Record<string, string[]>[]
}

/** The kinds of components that OpenAPI 3.1 has. */
const COMPONENT_KINDS = [
  ...['schemas', 'responses', 'parameters', 'examples', 'requestBodies'],
  ...['headers', 'securitySchemes', 'links', 'callbacks', 'pathItems'],
]

/**
 * The parts of a document that are merged. Whoever runs a service writes it, and one bad document must not take away the
 * others: throws when it is not of the right shape or nested deeper than can be written out again.
 */
export function readOpenApi(text: string): OpenApi {
  const {
    paths = {},
    components = {},
    security,
  } = recordIn(JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value)))
  const kinds = COMPONENT_KINDS.filter((kind) => kind in recordIn(components))
  const document = {
    paths: recordIn(paths),
    components: Object.fromEntries(kinds.map((kind) => [kind, recordIn(recordIn(components)[kind])])),
    ...(Array.isArray(security) ? { security: security as Record<string, string[]>[] } : {}),
  }
  JSON.stringify(document)
  return document
}

function recordIn(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new TypeError('not an OpenAPI document')
  return value
}

export interface ServiceDocument {
  service: string
  document: OpenApi
}

/**
 * One document of many. Only paths that the service owns are taken, so that health checks stay out and no service
 * describes another's routes. Components of the same name and content are shared; where the content
 * differs, the later one gets the service's name in front.
 */
export function mergeOpenApi(
  documents: readonly ServiceDocument[],
  ownerOf: Owners,
  info: OpenApi['info'],
): OpenApi {
  const merged = {
    openapi: '3.1.0',
    info: { ...info },
    tags: [] as { name: string }[],
    paths: {},
    components: {},
  }
  for (const { service, document } of documents) {
    const renames = takeComponents(merged.components, service, document.components ?? {})
    const paths = ownPaths(document.paths ?? {}, (path) => ownerOf(path)?.service === service)
    if (Object.keys(paths).length === 0) continue
    Object.assign(merged.paths, renamed(completed(paths, service, document.security), renames))
    merged.tags.push({ name: service })
  }
  return merged
}

function ownPaths(paths: Record<string, unknown>, owns: (path: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => owns(path)))
}

/** What a document says of all its operations, said of each: the tag and who may call. */
function completed(
  paths: Record<string, unknown>,
  service: string,
  security: OpenApi['security'],
): Record<string, unknown> {
  const complete = (operation: unknown) => {
    if (!isObject(operation) || !('responses' in operation)) return operation
    return { tags: [service], ...(security === undefined ? {} : { security }), ...operation }
  }
  return mapValues(paths, (item) => mapValues(item, complete))
}

type Components = Record<string, Record<string, unknown>>

/** Adds the components; returns references whose component had to take another name. */
function takeComponents(target: Components, service: string, components: Components): Map<string, string> {
  const renames = new Map<string, string>()
  for (const [kind, entries] of Object.entries(components)) {
    for (const [name, content] of Object.entries(entries)) {
      const known = target[kind]?.[name]
      if (known === undefined || JSON.stringify(known) === JSON.stringify(content)) continue
      renames.set(`#/components/${kind}/${name}`, `#/components/${kind}/${service}.${name}`)
    }
  }
  for (const [kind, entries] of Object.entries(components)) {
    const group = (target[kind] ??= {})
    for (const [name, content] of Object.entries(entries)) {
      const clashes = renames.has(`#/components/${kind}/${name}`)
      group[clashes ? `${service}.${name}` : name] = renamed(content, renames)
    }
  }
  return renames
}

/** A copy with references changed. */
function renamed<T>(value: T, renames: ReadonlyMap<string, string>): T {
  if (renames.size === 0) return value
  return JSON.parse(JSON.stringify(value), (key, item: unknown) => {
    return key === '$ref' && typeof item === 'string' ? (renames.get(item) ?? item) : item
  }) as T
}

function mapValues(value: unknown, map: (item: unknown) => unknown): Record<string, unknown> {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
