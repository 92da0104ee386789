/**
 * Vocabulary. Claim: a path that a Service asks for in its annotations. Refusal: a claim, or a whole Service, that is
 * not routed, and why. Everything here is decided from the list of Services alone, so every gateway decides alike.
 */
import { PATH_TABLE, ownerIn } from '@medqueue/contracts'

import type { Route } from './route.ts'

/** Services that carry this label are routed. */
export const LABEL = 'medqueue.dev/gateway'
/** Path prefixes, separated by commas. */
export const PATHS = 'medqueue.dev/paths'
/** Path prefixes that carry WebSocket upgrades too; they need not be named twice. */
export const WEBSOCKET_PATHS = 'medqueue.dev/websocket-paths'

/** The part of a Kubernetes Service that is read here. */
export interface ServiceObject {
  metadata: {
    name: string
    uid: string
    creationTimestamp?: string
    deletionTimestamp?: string
    annotations?: Record<string, string>
  }
  spec?: {
    type?: string
    /** `None`: the name resolves to pods, at ports of their own. */
    clusterIP?: string
    selector?: Record<string, string>
    ports?: { name?: string; port: number; protocol?: string }[]
  }
}

export const REFUSAL_REASONS = [
  /** A service of the path table has that name, or it is no name to make a URL of. */
  'name_reserved',
  /** Its name resolves to any host at all. */
  'external_name',
  /** It has no address of its own that stands for all its pods. */
  'headless',
  /** Whoever writes its endpoints says which addresses it leads to. */
  'no_selector',
  /** It has no TCP port. */
  'no_port',
  /** It names no path. */
  'no_paths',
  /** It names more than may be. */
  'too_many_paths',
  /** Not below `/v1/`, or not written as paths here are. */
  'path_invalid',
  /** In, above or below the path table. */
  'path_reserved',
  /** An older Service has it. */
  'path_taken',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

export interface Refusal {
  service: string
  reason: RefusalReason
  path?: string
  /** The older Service, for `path_taken`. */
  owner?: string
}

export interface DiscoveredService {
  name: string
  /** Another one means that nothing may be kept: the Service was made anew, or listens elsewhere. */
  identity: string
  /** Base URL. */
  origin: string
}

export interface Discovered {
  services: DiscoveredService[]
  routes: Route[]
  refusals: Refusal[]
}

const MAX_PATHS = 16
const MAX_PATH_LENGTH = 200
/** Lower-case words below `/v1/`: nothing that is decoded, folded or resolved, so it can be read in one way only. */
const PATH = /^\/v1(\/[a-z0-9]+(-[a-z0-9]+)*)+$/
/** As the API server has them; asked again, because a URL is made of it. */
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const RESERVED_NAMES: ReadonlySet<string> = new Set(['gateway', ...PATH_TABLE.map(({ service }) => service)])

interface Claim {
  path: string
  websocket: boolean
}

/** What is routed, and what is not. Of two Services that ask for one path the older has it, then the first by name. */
export function discover(services: readonly ServiceObject[], namespace: string): Discovered {
  const found: Discovered = { services: [], routes: [], refusals: [] }
  for (const service of services.filter(isStaying).sort(byAge)) take(service, namespace, found)
  return found
}

function take(service: ServiceObject, namespace: string, found: Discovered): void {
  const { name, uid } = service.metadata
  const claims = claimsOf(service)
  const reason = FAULTS.find(([, holds]) => holds(service, claims))?.[0]
  if (reason !== undefined) {
    found.refusals.push({ service: name, reason })
    return
  }
  const routes = claims.flatMap((claim) => {
    const refusal = refusalOf(claim.path, name, found.routes)
    if (refusal !== undefined) found.refusals.push(refusal)
    return refusal === undefined ? [routeOf(claim, name)] : []
  })
  if (routes.length === 0) return
  found.routes.push(...routes)
  const origin = `http://${name}.${namespace}.svc:${portOf(service) ?? 0}`
  found.services.push({ name, identity: `${uid} ${origin}`, origin })
}

type Check = (service: ServiceObject, claims: readonly Claim[]) => boolean

/** Why nothing of a Service can be routed; the first that holds is told. */
const FAULTS: readonly (readonly [RefusalReason, Check])[] = [
  ['name_reserved', ({ metadata: { name } }) => RESERVED_NAMES.has(name) || !NAME.test(name)],
  ['external_name', ({ spec }) => spec?.type === 'ExternalName'],
  ['headless', ({ spec }) => ['', 'None'].includes(spec?.clusterIP ?? '')],
  ['no_selector', ({ spec }) => Object.keys(spec?.selector ?? {}).length === 0],
  ['no_port', (service) => portOf(service) === undefined],
  ['no_paths', (_service, claims) => claims.length === 0],
  ['too_many_paths', (_service, claims) => claims.length > MAX_PATHS],
]

/** Why one path of a Service is not routed. */
function refusalOf(path: string, service: string, taken: readonly Route[]): Refusal | undefined {
  // Not the whole of a long one: it goes into the log.
  if (path.length > MAX_PATH_LENGTH) {
    return { service, reason: 'path_invalid', path: `${path.slice(0, MAX_PATH_LENGTH)}…` }
  }
  if (!PATH.test(path)) return { service, reason: 'path_invalid', path }
  if (isReserved(path)) return { service, reason: 'path_reserved', path }
  const owner = taken.find(({ prefix }) => prefix === path)?.service
  return owner === undefined ? undefined : { service, reason: 'path_taken', path, owner }
}

/** The port named `http`, or the first. */
function portOf({ spec }: ServiceObject): number | undefined {
  const ports = (spec?.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  return (ports.find(({ name }) => name === 'http') ?? ports[0])?.port
}

function claimsOf({ metadata: { annotations = {} } }: ServiceObject): Claim[] {
  const websockets = new Set(listOf(annotations[WEBSOCKET_PATHS]))
  const paths = new Set([...listOf(annotations[PATHS]), ...websockets])
  return [...paths].map((path) => ({ path, websocket: websockets.has(path) }))
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
}

function routeOf({ path, websocket }: Claim, service: string): Route {
  return { prefix: path, service, ...(websocket ? { websocket } : {}) }
}

function isReserved(path: string): boolean {
  const isAbove = PATH_TABLE.some(({ prefix }) => prefix.startsWith(`${path}/`))
  return isAbove || ownerIn(PATH_TABLE, path) !== undefined
}

/** One that waits for its finalizers has been deleted as far as anybody cares. */
const isStaying = ({ metadata }: ServiceObject) => metadata.deletionTimestamp === undefined

/** Times of the API server are all written alike, so they compare as texts. */
function byAge({ metadata: a }: ServiceObject, { metadata: b }: ServiceObject): number {
  const [one, other] = [a.creationTimestamp ?? '', b.creationTimestamp ?? '']
  if (one === other) return a.name < b.name ? -1 : 1
  return one < other ? -1 : 1
}
