import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { namesOf } from '@medqueue/contracts'
import { connectBroker } from '@medqueue/messaging'
import { urlOf } from '@medqueue/database'

import { PARTITIONS, type Town } from '../driver/town.ts'
import type { Databases, FreshDatabase } from './database.ts'
import { type Load, startLoad } from './load.ts'
import { keep, type Kept, ready } from './processes.ts'
import type { Servers } from './servers.ts'

/** What all scenarios share. */
export interface World {
  servers: Servers
  databases: Databases
  town: Town
  tokens: string[]
}

export interface StageOptions {
  /** Also the name of its folder and the prefix of its subjects. */
  name: string
  workers?: number
  /** Another program than the product's worker: a planted bug. */
  workerEntry?: string
  env?: Record<string, string>
  /** How long the driver asks for what is still open when it is stopped; milliseconds. */
  patienceMs?: number
  /** Workers wait for the scenario to start them. */
  withoutWorkers?: boolean
}

/** One scenario's own platform: database, subjects, two apis, workers, and the load. */
export interface Stage {
  servers: Servers
  database: FreshDatabase
  prefix: string
  apis: Kept[]
  workers: Kept[]
  load: Load
  close: () => Promise<void>
}

export const LEASE_TTL_MS = 6_000
const SEATS = 200
const REST_MS = 550
const PATIENCE_MS = 30_000

const booking = (file: string) => join(import.meta.dirname, '../../../../services/booking/src', file)

export async function createStage(world: World, options: StageOptions): Promise<Stage> {
  const { servers, databases, town, tokens } = world
  const directory = join(servers.directory, options.name)
  await mkdir(directory, { recursive: true })
  const database = await databases.fresh()
  const prefix = `faults-${options.name}`
  const env = environmentOf(world, { database, prefix, own: options.env ?? {} })
  const apis = await Promise.all(
    [1, 2].map((number) => keep({ name: `api-${number}`, entry: booking('api-main.ts'), directory, env })),
  )
  const entry = options.workerEntry ?? booking('worker-main.ts')
  const names = Array.from({ length: options.workers ?? 2 }, (_, index) => `worker-${index + 1}`)
  const workers = await Promise.all(
    names.map((name) =>
      keep({ name, entry, directory, env: { ...env, DATABASE_URL: named(database.appUrl, name) } }),
    ),
  )
  let load: Load | undefined
  const close = async () => {
    load?.abort()
    await Promise.all([...apis, ...workers].map((one) => one.stop()))
    await deleteStreams(servers, prefix)
    await database.drop()
  }
  try {
    const first = options.withoutWorkers === true ? apis : [...apis, ...workers]
    await Promise.all(first.map((one) => one.start()))
    await Promise.all(apis.map(ready))
    const urls = apis.map(({ url }) => url)
    load = await startLoad(directory, {
      urls,
      town,
      tokens,
      seats: SEATS,
      restMs: REST_MS,
      patienceMs: options.patienceMs ?? PATIENCE_MS,
    })
    return { servers, database, prefix, apis, workers, load, close }
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
}

/** The name is what tells one worker's connections from another's. */
function named(url: string, name: string): string {
  const parsed = new URL(urlOf(url, {}))
  parsed.searchParams.set('application_name', name)
  return parsed.toString()
}

interface Own {
  database: FreshDatabase
  prefix: string
  own: Record<string, string>
}

function environmentOf({ servers }: World, { database, prefix, own }: Own): Record<string, string> {
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    DATABASE_URL: database.appUrl,
    NATS_URL: servers.natsUrl,
    NATS_MONITOR_URL: servers.natsMonitorUrl,
    REDIS_URL: servers.redisUrl,
    ISSUER: servers.issuer.issuer,
    JWKS_URL: servers.issuer.jwksUrl,
    TOKEN_AUDIENCE: 'medqueue',
    SUBJECT_PREFIX: prefix,
    BOOKING_PARTITIONS: String(PARTITIONS),
    LEASE_TTL_MS: String(LEASE_TTL_MS),
    // On, and high enough for every patient: the limiter is part of what must survive.
    RATE_LIMIT_PER_MINUTE: '6000',
    ...own,
  }
}

async function deleteStreams({ natsUrl, natsMonitorUrl }: Servers, prefix: string): Promise<void> {
  const broker = await connectBroker({ url: natsUrl, monitorUrl: natsMonitorUrl, name: 'faults' })
  try {
    const names = [...Object.values(namesOf(prefix).streams)]
    await Promise.all(names.map((name) => broker.jsm.streams.delete(name).catch(() => undefined)))
  } finally {
    await broker.close()
  }
}
