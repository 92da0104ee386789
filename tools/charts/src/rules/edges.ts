/**
 * The connections that the platform needs, written down apart from the templates: what the policies of a rendered chart
 * allow must be exactly this.
 */
export interface Shape {
  nats: 'bundled' | 'cluster' | 'external'
  postgresql: 'bundled' | 'external'
  redis: 'bundled' | 'external'
  demo: boolean
  /** The gateway sees Services at the API server, and calls the pods of those that carry its label. */
  discovery: boolean
}

const CALLS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['identity', 'directory', 'scheduling', 'booking-api', 'realtime', 'redis'],
  identity: ['postgresql', 'nats', 'redis'],
  directory: ['identity', 'postgresql', 'nats', 'redis'],
  scheduling: ['identity', 'postgresql', 'nats', 'redis'],
  'booking-api': ['identity', 'postgresql', 'nats', 'redis'],
  'booking-worker': ['identity', 'postgresql', 'nats'],
  realtime: ['identity', 'nats', 'redis'],
  test: ['gateway'],
}
const MIGRATED = ['identity', 'directory', 'scheduling', 'booking']
const SEEDED = ['identity', 'directory', 'scheduling']
const PROCESSES = Object.keys(CALLS).filter((name) => name !== 'test')
const PUBLIC = ['gateway', 'booking-api', 'realtime']
const PORTS: Readonly<Record<string, readonly number[]>> = {
  postgresql: [5432],
  redis: [6379],
  nats: [4222, 8222],
}

/** `from → to:port` for all that must be possible, sorted. */
export function declaredEdges(shape: Shape): string[] {
  const jobs = [
    ...MIGRATED.map((name) => `migrate-${name}`),
    ...(shape.demo ? SEEDED.map((name) => `seed-${name}`) : []),
  ]
  const calls = { ...CALLS, ...Object.fromEntries(jobs.map((job) => [job, ['postgresql']])) }
  const inside = Object.entries(calls).flatMap(([from, callees]) => [
    `${from} → dns:53`,
    `${from} → dns:53/udp`,
    ...callees.flatMap((to) =>
      (PORTS[to] ?? [8080]).map((port) => `${from} → ${placeOf(to, shape)}:${port}`),
    ),
  ])
  // Other calendars of doctors, on the public Internet only.
  const calendars = ['scheduling → internet:443']
  return [...inside, ...calendars, ...fromOutside(), ...ofBroker(shape), ...ofDiscovery(shape)].sort()
}

/** A server that is not bundled is an address of its own outside. */
function placeOf(name: string, shape: Shape): string {
  const isOutside = name in PORTS && shape[name as 'nats'] === 'external'
  return isOutside ? `outside ${name}` : name
}

function fromOutside(): string[] {
  return [
    ...PUBLIC.map((to) => `ingress controller → ${to}:8080`),
    ...PROCESSES.map((to) => `prometheus → ${to}:8080`),
  ]
}

function ofDiscovery({ discovery }: Shape): string[] {
  if (!discovery) return []
  return ['gateway → labelled:8080', 'gateway → api server:443', 'gateway → api server:6443']
}

function ofBroker({ nats }: Shape): string[] {
  if (nats === 'external') return []
  const others = ['prometheus → nats:8222', 'operator → nats:4222', 'operator → nats:8222']
  if (nats === 'bundled') return others
  const peers = ['nats → other nats:6222', 'other nats → nats:6222']
  const twins = CALLERS_OF_NATS.flatMap((from) => [`${from} → other nats:4222`, `${from} → other nats:8222`])
  const dns = ['nats', 'other nats'].flatMap((from) => [`${from} → dns:53`, `${from} → dns:53/udp`])
  const toOther = others.map((edge) => edge.replace('→ nats', '→ other nats'))
  return [...others, ...toOther, ...peers, ...twins, ...dns]
}

const CALLERS_OF_NATS = Object.entries(CALLS).flatMap(([from, callees]) =>
  callees.includes('nats') ? [from] : [],
)
