import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Provisioned } from '@medqueue/database'
import { RUNTIME_ENVIRONMENT } from '@medqueue/service-kit/runtime'

import { platformEnvironment } from './environment.ts'
import type { Layout } from './layout.ts'
import type { PlatformOptions } from './options.ts'
import type { Secrets } from './secrets.ts'

export const ROOT = resolve(import.meta.dirname, '../../..')

/** What the environment of a service is made of. */
export interface World {
  layout: Layout
  databases: Readonly<Record<string, Provisioned>>
  secrets: Secrets
}

export interface ProcessSpec {
  /** Unique, such as `booking-api-1`. */
  name: string
  /** Folder below services/. */
  service: string
  entry: string
  port: number
  env: NodeJS.ProcessEnv
}

/** Services with a database of their own: `medqueue_<service>`. */
const WITH_DATABASE = ['identity', 'directory', 'scheduling', 'booking', 'realtime'] as const

/** The services that are part of this platform and whose code is there. */
export function chosenServices({ services }: Pick<PlatformOptions, 'services'>): string[] {
  const all = [...WITH_DATABASE, 'gateway']
  return all
    .filter((name) => services?.includes(name) ?? true)
    .filter((name) =>
      existsSync(join(serviceFolder(name), 'src', name === 'booking' ? 'api-main.ts' : 'main.ts')),
    )
}

export function serviceFolder(name: string): string {
  return join(ROOT, 'services', name)
}

/** Folders of migrations by service; a service without any has no database. */
export function migrationFolders(services: readonly string[]): Record<string, string> {
  const found = services
    .map((name) => [name, join(serviceFolder(name), 'migrations')] as const)
    .filter(([, folder]) => existsSync(folder))
  return Object.fromEntries(found)
}

/** Seed programs by service, in the order of the table above. */
export function seedPrograms(services: readonly string[]): [string, string][] {
  return services
    .map((name): [string, string] => [name, join(serviceFolder(name), 'src/seed.ts')])
    .filter(([, file]) => existsSync(file))
}

/** Every process of the chosen services. */
export function processSpecs(
  services: readonly string[],
  world: World,
  options: PlatformOptions,
): ProcessSpec[] {
  return services
    .flatMap((service) => shapeOf(service, world.layout, options.workers ?? 1))
    .map((shape) => {
      const env = {
        ...environmentOf(shape.service, world, options),
        ...options.env?.[shape.name],
        PORT: String(shape.port),
      }
      return { ...shape, entry: join(serviceFolder(shape.service), 'src', shape.entry), env }
    })
}

/** Every port that will be listened on, with who listens. */
export function portsOf(
  services: readonly string[],
  layout: Layout,
  options: PlatformOptions,
): [string, number][] {
  const { postgres, nats, natsMonitor, redis } = layout.ports
  const shapes = services.flatMap((service) => shapeOf(service, layout, options.workers ?? 1))
  return [
    ['PostgreSQL', postgres],
    ['NATS', nats],
    ['NATS monitoring', natsMonitor],
    ['Redis', redis],
    ...shapes.map(({ name, port }): [string, number] => [name, port]),
  ]
}

type Shape = Omit<ProcessSpec, 'env'>

function shapeOf(service: string, { ports }: Layout, workers: number): Shape[] {
  if (service !== 'booking') {
    return [{ name: service, service, entry: 'main.ts', port: ports[service as keyof typeof ports] }]
  }
  const apis = [ports.booking, ports.bookingSecond].map((port, index) => {
    return { name: `booking-api-${index + 1}`, service, entry: 'api-main.ts', port }
  })
  const lanes = Array.from({ length: workers }, (_, index) => {
    return {
      name: `booking-worker-${index + 1}`,
      service,
      entry: 'worker-main.ts',
      port: ports.bookingWorker + 10 * index,
    }
  })
  return [...apis, ...lanes]
}

/** The environment of a service, and of its seed program, without the port. */
export function environmentOf(service: string, world: World, options: PlatformOptions): NodeJS.ProcessEnv {
  const { layout, databases, secrets } = world
  return {
    ...RUNTIME_ENVIRONMENT,
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(resolve(options.dataDir), 'run', 'compiled'),
    HOST: '127.0.0.1',
    ...platformEnvironment(service, { urls: layout.urls, databases, secrets }),
    ...inherited(),
    ...options.env?.['*'],
    ...options.env?.[service],
  }
}

/** What whoever starts a platform may choose for all of its services. */
export const CHOSEN = ['LOG_LEVEL', 'RATE_LIMIT_PER_MINUTE'] as const

/** A service gets what it needs and not the caller's whole environment. */
function inherited(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'WAITING_ROOM_MODE', ...CHOSEN]
  const set = names.flatMap((name): [string, string][] => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(set)
}
