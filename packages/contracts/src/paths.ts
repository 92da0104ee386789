/** Names of the services that answer HTTP. */
export type ServiceName = 'gateway' | 'identity' | 'directory' | 'scheduling' | 'booking' | 'realtime'

export interface PathRule {
  /** Path prefix, without a trailing slash. The longest match wins. */
  prefix: string
  service: ServiceName
  /** Hot: the ingress sends it straight to the service instead of through the gateway's proxy. */
  direct?: true
  /** Carries WebSocket upgrades. */
  websocket?: true
}

/** Which service owns which path. The gateway's proxy and the chart's ingress are both made from this table. */
export const PATH_TABLE: readonly PathRule[] = [
  { prefix: '/v1/appointments', service: 'booking', direct: true },
  { prefix: '/v1/booking-requests', service: 'booking', direct: true },
  { prefix: '/v1/slots', service: 'booking', direct: true },
  { prefix: '/v1/holds', service: 'booking', direct: true },
  { prefix: '/v1/waiting-room', service: 'booking', direct: true },
  { prefix: '/v1/series', service: 'booking' },
  { prefix: '/v1/waitlist', service: 'booking' },
  { prefix: '/v1/tickets', service: 'booking' },
  { prefix: '/v1/boards', service: 'booking' },
  { prefix: '/v1/replans', service: 'booking' },
  { prefix: '/v1/grids', service: 'booking' },
  { prefix: '/v1/day-sheets', service: 'booking' },
  { prefix: '/fhir/R4', service: 'booking', direct: true },
  { prefix: '/v1/stream', service: 'realtime', direct: true, websocket: true },
  { prefix: '/v1/doctors', service: 'directory' },
  { prefix: '/v1/patients', service: 'directory' },
  { prefix: '/v1/clinics', service: 'directory' },
  { prefix: '/v1/specialties', service: 'directory' },
  { prefix: '/v1/service-types', service: 'directory' },
  { prefix: '/v1/rotas', service: 'scheduling' },
  { prefix: '/v1/rota-exceptions', service: 'scheduling' },
  { prefix: '/v1/schedule-changes', service: 'scheduling' },
  { prefix: '/v1/windows', service: 'scheduling' },
  { prefix: '/v1/resources', service: 'scheduling' },
  { prefix: '/v1/closures', service: 'scheduling' },
  { prefix: '/v1/holiday-calendars', service: 'scheduling' },
  { prefix: '/v1/schedule-hits', service: 'scheduling' },
  { prefix: '/v1/calendar', service: 'scheduling' },
  { prefix: '/v1/calendar-feeds', service: 'scheduling' },
  { prefix: '/v1/calendar-subscriptions', service: 'scheduling' },
  { prefix: '/v1/users', service: 'identity' },
  { prefix: '/v1/me', service: 'identity' },
  { prefix: '/oidc', service: 'identity' },
  { prefix: '/interaction', service: 'identity' },
]

/** Ports of a platform on one machine. A second booking api listens on `bookingSecond`. */
export const LOCAL_PORTS = {
  gateway: 8080,
  identity: 4101,
  directory: 4102,
  scheduling: 4103,
  booking: 4104,
  bookingSecond: 4114,
  bookingWorker: 4105,
  realtime: 4106,
  postgres: 15432,
  nats: 14222,
  natsMonitor: 18222,
  redis: 16379,
} as const

/** The rule that owns a request path, or undefined. */
export function ownerOf(path: string): PathRule | undefined {
  return ownerIn(PATH_TABLE, path)
}

/** What owns a path in any table of prefixes: the longest one that ends where a part of the path does. */
export function ownerIn<T extends { prefix: string }>(table: readonly T[], path: string): T | undefined {
  const owners = table.filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
  return owners.sort((a, b) => b.prefix.length - a.prefix.length)[0]
}
