import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { pidFileIn, startChild } from './child.ts'
import { assertRoom } from './disk.ts'
import { findNats } from './find/nats.ts'
import { assertPortFree } from './ports.ts'
import { waitUntilReady } from './ready.ts'
import { running, type RunningServer, type StartOptions } from './running.ts'

const MIB = 1024 ** 2
const NAME = 'NATS'

export interface NatsOptions extends StartOptions {
  port: number
  monitorPort: number
  /** False makes a broker that acknowledges before it syncs, which services must refuse. */
  syncAlways?: boolean
  /** Its place among several that keep streams together; alone when not given. */
  cluster?: NatsCluster
}

export interface NatsCluster {
  /** Its name among them. */
  name: string
  /** Where the others reach it on loopback, and where it reaches all. */
  port: number
  ports: readonly number[]
}

export interface RunningNats extends RunningServer {
  readonly monitorUrl: string
}

/** Starts nats-server with JetStream on loopback. Each write is on disk before it is acknowledged. */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const { dataDir, port, monitorPort, say = () => undefined } = options
  await assertRoom(dataDir, 256 * MIB)
  const file = await findNats(say)
  await assertPortFree(port, NAME)
  await assertPortFree(monitorPort, `${NAME} monitoring`)
  const config = join(dataDir, 'nats.conf')
  const place = {
    listen: `127.0.0.1:${port}`,
    http: `127.0.0.1:${monitorPort}`,
    store: join(dataDir, 'jetstream'),
    cluster: options.cluster,
  }
  await writeFile(config, natsConfig(place, options.syncAlways))
  const logFile = join(options.logDir ?? dataDir, 'nats.log')
  const child = await startChild({
    name: NAME,
    file,
    args: ['-c', config],
    logFile,
    pidFile: pidFileIn(dataDir, 'nats'),
  })
  const monitorUrl = `http://127.0.0.1:${monitorPort}`
  await waitUntilReady({ name: NAME, logFile, child, probe: async () => probe(monitorUrl) })
  return { ...running(NAME, `nats://127.0.0.1:${port}`, child), monitorUrl }
}

export interface NatsPlace {
  /** Address and port for clients. */
  listen: string
  /** Address and port of the monitoring. */
  http: string
  /** Folder of JetStream. */
  store: string
  /** Its place among several; alone when not given. */
  cluster?: NatsCluster | undefined
}

/** The broker's configuration, wherever it runs. */
export function natsConfig({ listen, http, store, cluster }: NatsPlace, syncAlways = true): string {
  return `server_name: ${cluster?.name ?? 'medqueue'}
listen: "${listen}"
http: "${http}"
max_payload: 4MB
max_connections: 10000
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
jetstream {
  store_dir: ${JSON.stringify(store)}
  # Streams reserve their limit; how much is really written is for the disk to say.
  max_file_store: 1000TB
  max_memory_store: 64MB
  ${syncAlways ? 'sync_interval: always' : 'sync_interval: "2m"'}
}
${cluster === undefined ? '' : clusterBlock(cluster)}`
}

function clusterBlock({ port, ports }: NatsCluster): string {
  const routes = ports.map((other) => `"nats://127.0.0.1:${other}"`)
  return `cluster {
  name: medqueue
  listen: "127.0.0.1:${port}"
  routes: [${routes.join(', ')}]
}
`
}

async function probe(monitorUrl: string): Promise<void> {
  const answer = await fetch(`${monitorUrl}/healthz`, { signal: AbortSignal.timeout(2_000) })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`health check says ${answer.status}`)
}
