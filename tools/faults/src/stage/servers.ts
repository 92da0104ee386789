import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import {
  freePort,
  processIds,
  type RunningNats,
  type RunningServer,
  startNats,
  startPostgres,
  startRedis,
  statOf,
} from '@medqueue/servers'
import { createTokenIssuer, type TokenIssuer } from '@medqueue/testing'

/** PostgreSQL, NATS, Redis and a token issuer of our own, on free ports, with durable writes as in production. */
export interface Servers {
  directory: string
  issuer: TokenIssuer
  postgresUrl: string
  natsUrl: string
  natsMonitorUrl: string
  redisUrl: string
  /** Kills the whole tree at once, waits, starts it on the same data. Resolves with the moment of the start. */
  crashPostgres: (downMs: number) => Promise<number>
  /** The same for NATS. */
  crashNats: (downMs: number) => Promise<number>
  close: () => Promise<void>
}

export async function startServers(directory: string): Promise<Servers> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const at = async (name: string) => ({ dataDir: join(directory, name), port: await freePort() })
  const postgresOptions = await at('postgres')
  const natsOptions = { ...(await at('nats')), monitorPort: await freePort() }
  const started = await allOrNone([
    () => startPostgres(postgresOptions),
    () => startNats(natsOptions),
    async () => startRedis(await at('redis')),
  ])
  let [postgres, nats] = started as [RunningServer, RunningNats, RunningServer]
  const [, , redis] = started
  const issuer = await createTokenIssuer()
  return {
    directory,
    issuer,
    postgresUrl: postgres.url,
    natsUrl: nats.url,
    natsMonitorUrl: nats.monitorUrl,
    redisUrl: redis?.url ?? '',
    crashPostgres: async (downMs) => {
      const since = await crash(postgres, downMs)
      postgres = await startPostgres(postgresOptions)
      return since
    },
    crashNats: async (downMs) => {
      const since = await crash(nats, downMs)
      nats = await startNats(natsOptions)
      return since
    },
    close: async () => {
      await Promise.all([issuer.close(), postgres.stop(), nats.stop(), redis?.stop()])
    },
  }
}

async function allOrNone(starts: (() => Promise<RunningServer>)[]): Promise<RunningServer[]> {
  const results = await Promise.allSettled(starts.map((start) => start()))
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return running
  await Promise.all(running.map((server) => server.stop()))
  throw failed.reason
}

/** Everything dies in the same moment, as with a power failure of the process: nobody is told. */
async function crash(server: RunningServer, downMs: number): Promise<number> {
  const children = childrenOf(server.pid)
  server.kill('SIGKILL')
  for (const pid of children) killQuietly(pid)
  await server.exited
  await delay(downMs)
  return performance.timeOrigin + performance.now()
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

function childrenOf(pid: number): number[] {
  return processIds().filter((candidate) => statOf(candidate)?.parent === pid)
}
