import { join } from 'node:path'

import { startNats, startPostgres, startRedis } from '@medqueue/servers'

import { type Run, startManaged } from './run.ts'

/** Starts PostgreSQL, NATS and Redis side by side; throws the first failure once all three have settled. */
export async function startServers(run: Run): Promise<void> {
  const { ports } = run.layout
  const common = (name: string) => {
    return { dataDir: join(run.folders.data, name), logDir: run.folders.logs, say: run.progress.say }
  }
  const results = await Promise.allSettled([
    run.progress.track('PostgreSQL', async () => {
      await startManaged(run, 'postgres', async () => {
        const server = await startPostgres({ ...common('postgres'), port: ports.postgres })
        run.postgresUrl = server.url
        return server
      })
    }),
    run.progress.track('NATS', async () => {
      const start = async () =>
        startNats({ ...common('nats'), port: ports.nats, monitorPort: ports.natsMonitor })
      await startManaged(run, 'nats', start)
    }),
    run.progress.track('Redis', async () => {
      await startManaged(run, 'redis', async () => startRedis({ ...common('redis'), port: ports.redis }))
    }),
  ])
  const failure = results.find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}
