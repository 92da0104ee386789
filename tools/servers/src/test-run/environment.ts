import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { startNats } from '../nats.ts'
import { freePort } from '../ports.ts'
import { startPostgres } from '../postgres.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../process-table.ts'
import { startRedis } from '../redis.ts'
import type { RunningServer } from '../running.ts'

/** Where the tests find their servers. */
export interface TestEnvironment {
  TEST_POSTGRES_URL: string
  TEST_NATS_URL: string
  TEST_NATS_MONITOR_URL: string
  TEST_REDIS_URL: string
}

export interface TestServers {
  env: TestEnvironment
  stop: () => Promise<void>
}

const NAMES = ['TEST_POSTGRES_URL', 'TEST_NATS_URL', 'TEST_NATS_MONITOR_URL', 'TEST_REDIS_URL'] as const

/** Servers that the caller's environment already names, if it names them all. */
export function givenServers(env: NodeJS.ProcessEnv): TestServers | undefined {
  const [postgres, nats, monitor, redis] = NAMES.map((name) => env[name])
  if (!postgres || !nats || !monitor || !redis) return undefined
  return {
    env: {
      TEST_POSTGRES_URL: postgres,
      TEST_NATS_URL: nats,
      TEST_NATS_MONITOR_URL: monitor,
      TEST_REDIS_URL: redis,
    },
    stop: async () => undefined,
  }
}

/** Starts fresh servers on free ports below the folder; stopping them removes all they wrote. */
export async function startTestServers(folder: string, say: (line: string) => void): Promise<TestServers> {
  await mkdir(folder, { recursive: true })
  await removeLeftovers(folder)
  const run = await mkdtemp(join(folder, 'run-'))
  await chmod(run, 0o755) // PostgreSQL's user must come through.
  await writeFile(join(run, 'owner.json'), JSON.stringify(identityOf(process.pid)))
  const servers: RunningServer[] = []
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await rm(run, { recursive: true, force: true })
  }
  try {
    return { env: await startAll(run, servers, say), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startAll(
  run: string,
  servers: RunningServer[],
  say: (line: string) => void,
): Promise<TestEnvironment> {
  const keep = <T extends RunningServer>(server: T): T => {
    servers.push(server)
    return server
  }
  const [port, natsPort, monitorPort, redisPort] = await freePorts()
  // Settled, not raced: when one fails the others must have ended or be known, so that they can be stopped.
  const [postgres, nats, redis] = await Promise.allSettled([
    startPostgres({ dataDir: join(run, 'postgres'), port, durable: false, say }).then(keep),
    startNats({ dataDir: join(run, 'nats'), port: natsPort, monitorPort, say }).then(keep),
    startRedis({ dataDir: join(run, 'redis'), port: redisPort, say }).then(keep),
  ])
  return {
    TEST_POSTGRES_URL: valueOf(postgres).url,
    TEST_NATS_URL: valueOf(nats).url,
    TEST_NATS_MONITOR_URL: valueOf(nats).monitorUrl,
    TEST_REDIS_URL: valueOf(redis).url,
  }
}

async function freePorts(): Promise<[number, number, number, number]> {
  const ports = new Set<number>()
  while (ports.size < 4) ports.add(await freePort())
  const [a = 0, b = 0, c = 0, d = 0] = ports
  return [a, b, c, d]
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

/** Removes the folders of runs whose process is gone, however it went. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('run-')) continue
    const run = join(folder, name)
    const owner = await readFile(join(run, 'owner.json'), 'utf8').then(
      (text) => JSON.parse(text) as ProcessIdentity,
      () => undefined,
    )
    if (owner !== undefined && !isAlive(owner)) await rm(run, { recursive: true, force: true })
  }
}
