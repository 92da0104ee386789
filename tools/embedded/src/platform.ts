import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Provisioned } from '@medqueue/database'
import { assertPortFree, type Managed, progressOn, SILENT } from '@medqueue/servers'

import { prepareFolders } from './data-folder.ts'
import { layoutOf, type PlatformUrls } from './layout.ts'
import type { PlatformOptions } from './options.ts'
import { publish, type Run } from './run.ts'
import { openSecrets } from './secrets.ts'
import { chosenServices, portsOf } from './services.ts'
import { startServers } from './start-servers.ts'
import { serviceReady, startServices } from './start-services.ts'
import { stopAll } from './stop.ts'

export interface Platform {
  readonly dataDir: string
  readonly urls: PlatformUrls
  /** By service. */
  readonly databases: Readonly<Record<string, Provisioned>>
  /** Superuser's URL. */
  readonly postgresUrl: string
  /** Names of all processes: `postgres`, `nats`, `redis`, `booking-api-1`, … */
  readonly names: () => string[]
  /** One process, to kill, pause, stop or start it. Throws on an unknown name. */
  readonly process: (name: string) => Managed
  /** Resolves when the service answers that it is ready. */
  readonly ready: (name: string) => Promise<void>
  /** Ends everything in order. Safe to call twice. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the whole platform on this machine and returns once everything is ready. When something cannot start, all
 * that had started is stopped and the error says in one line what to do. Aborting the signal stops it, too.
 */
export async function startPlatform(options: PlatformOptions, signal?: AbortSignal): Promise<Platform> {
  const run = await prepare(options)
  let stopped: Promise<void> | undefined
  const stop = async () => (stopped ??= stopAll(run))
  signal?.addEventListener('abort', () => void stop(), { once: true })
  try {
    const services = chosenServices(options)
    for (const [name, port] of portsOf(services, run.layout, options)) await assertPortFree(port, name)
    await startServers(run)
    run.stopping.signal.throwIfAborted()
    await startServices(run, services)
    run.stopping.signal.throwIfAborted()
    publish(run)
  } catch (error) {
    await stop()
    throw error
  } finally {
    run.progress.end()
  }
  return platformOf(run, stop)
}

async function prepare(options: PlatformOptions): Promise<Run> {
  const dataDir = resolve(options.dataDir)
  mkdirSync(dataDir, { recursive: true })
  const folders = await prepareFolders(dataDir, options.reset === true)
  return {
    options,
    folders,
    layout: layoutOf(options.portsOffset),
    secrets: openSecrets(join(dataDir, 'secrets.json')),
    progress: options.quiet === true ? SILENT : progressOn(process.stdout),
    stopping: new AbortController(),
    startedAt: new Date().toISOString(),
    managed: new Map(),
    specs: new Map(),
    helpers: new Set(),
    postgresUrl: '',
    databases: {},
  }
}

function platformOf(run: Run, stop: () => Promise<void>): Platform {
  return {
    dataDir: run.folders.data,
    urls: run.layout.urls,
    databases: run.databases,
    postgresUrl: run.postgresUrl,
    names: () => [...run.managed.keys()],
    process: (name) => {
      const managed = run.managed.get(name)
      if (managed === undefined) throw new Error(`there is no process ${name}`)
      return managed
    },
    ready: async (name) => serviceReady(run, name),
    stop,
  }
}
