import { ownerOf, type ServiceName } from '@medqueue/contracts'

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

export interface ServiceDocument {
  service: ServiceName
  document: OpenApi
}

/**
 * One document of many. Only paths that the path table gives to the service are taken, so that health checks stay out
 * and no service describes another's routes. Components of the same name and content are shared; where the content
 * differs, the later one gets the service's name in front.
 */
export function mergeOpenApi(documents: readonly ServiceDocument[], info: OpenApi['info']): OpenApi {
  const merged = {
    openapi: '3.1.0',
    info: { ...info },
    tags: [] as { name: string }[],
    paths: {},
    components: {},
  }
  for (const { service, document } of documents) {
    const renames = takeComponents(merged.components, service, document.components ?? {})
    const paths = ownPaths(service, document.paths ?? {})
    if (Object.keys(paths).length === 0) continue
    Object.assign(merged.paths, renamed(completed(paths, service, document.security), renames))
    merged.tags.push({ name: service })
  }
  return merged
}

function ownPaths(service: ServiceName, paths: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => ownerOf(path)?.service === service))
}

/** What a document says of all its operations, said of each: the tag and who may call. */
function completed(
  paths: Record<string, unknown>,
  service: ServiceName,
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
