import { LOCAL_PORTS } from '@medqueue/contracts'

/** Where everything of one platform listens. */
export interface Layout {
  ports: Record<keyof typeof LOCAL_PORTS, number>
  urls: PlatformUrls
}

export interface PlatformUrls {
  gateway: string
  identity: string
  directory: string
  scheduling: string
  /** One for each api process. */
  booking: string[]
  realtime: string
  nats: string
  natsMonitor: string
  redis: string
  /** The `iss` of every token. */
  issuer: string
  jwks: string
}

export function layoutOf(portsOffset = 0): Layout {
  const entries = Object.entries(LOCAL_PORTS).map(([name, port]) => [name, port + portsOffset])
  const ports = Object.fromEntries(entries) as Layout['ports']
  const http = (port: number) => `http://127.0.0.1:${port}`
  const urls: PlatformUrls = {
    gateway: http(ports.gateway),
    identity: http(ports.identity),
    directory: http(ports.directory),
    scheduling: http(ports.scheduling),
    booking: [http(ports.booking), http(ports.bookingSecond)],
    realtime: http(ports.realtime),
    nats: `nats://127.0.0.1:${ports.nats}`,
    natsMonitor: http(ports.natsMonitor),
    redis: `redis://127.0.0.1:${ports.redis}`,
    issuer: `${http(ports.gateway)}/oidc`,
    jwks: `${http(ports.identity)}/oidc/jwks`,
  }
  return { ports, urls }
}
