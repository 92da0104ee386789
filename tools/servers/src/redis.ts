import { connect } from 'node:net'
import { join } from 'node:path'

import { pidFileIn, startChild } from './child.ts'
import { assertRoom } from './disk.ts'
import { findRedis } from './find/redis.ts'
import { assertPortFree } from './ports.ts'
import { waitUntilReady } from './ready.ts'
import { running, type RunningServer, type StartOptions } from './running.ts'

const MIB = 1024 ** 2
const NAME = 'Redis'

/** A cache, wherever it runs: nothing is kept over a restart. */
export const REDIS_SETTINGS: readonly string[] = [
  ...['--save', '', '--appendonly', 'no', '--daemonize', 'no', '--databases', '64'],
  ...['--maxmemory', '128mb', '--maxmemory-policy', 'volatile-ttl', '--loglevel', 'warning'],
]

export interface RedisOptions extends StartOptions {
  port: number
}

/** Starts redis-server on loopback. */
export async function startRedis(options: RedisOptions): Promise<RunningServer> {
  const { dataDir, logDir, port, say = () => undefined } = options
  await assertRoom(dataDir, 16 * MIB)
  const program = await findRedis(say)
  await assertPortFree(port, NAME)
  const logFile = join(logDir ?? dataDir, 'redis.log')
  const child = await startChild({
    name: NAME,
    file: program.file,
    args: ['--bind', '127.0.0.1', '--port', String(port), '--dir', dataDir, ...REDIS_SETTINGS],
    env: { ...process.env, ...program.env },
    logFile,
    pidFile: pidFileIn(dataDir, 'redis'),
  })
  await waitUntilReady({ name: NAME, logFile, child, probe: async () => ping(port) })
  return running(NAME, `redis://127.0.0.1:${port}`, child)
}

async function ping(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 }, () => socket.write('PING\r\n'))
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    socket.once('error', fail)
    socket.once('timeout', () => fail(new Error('no answer to PING')))
    socket.once('data', (data) => {
      socket.destroy()
      if (data.toString('latin1').startsWith('+PONG')) resolve()
      else reject(new Error('unexpected answer to PING'))
    })
  })
}
