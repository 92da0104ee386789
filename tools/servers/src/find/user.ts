import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { type RunAs, userFlags } from '../child.ts'
import { ServerError } from '../errors.ts'
import { run } from './run.ts'

/** PostgreSQL refuses to run as root; this is who it runs as instead. Undefined for everybody but root. */
export async function postgresUser(mustReach: readonly string[]): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const ids = lookUp('postgres') ?? (await createUser()) ?? lookUp('nobody')
  if (ids === undefined) {
    throw new ServerError(
      'SERVERS_TOOL_MISSING',
      'PostgreSQL cannot run as root and there is no other user: run as an ordinary user.',
    )
  }
  for (const enterAnyFolder of [false, true]) {
    const user = { ...ids, enterAnyFolder }
    if (mustReach.every((path) => canReach(user, path))) return user
  }
  throw new ServerError(
    'SERVERS_START_FAILED',
    `PostgreSQL cannot run as root, and its user may not enter ${mustReach[0] ?? 'the project'}: move the project to a folder that everybody may enter, such as /srv, or run as an ordinary user.`,
  )
}

function lookUp(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

async function createUser(): Promise<{ uid: number; gid: number } | undefined> {
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']
  await run('useradd', args).catch(() => undefined)
  return lookUp('postgres')
}

function canReach(user: RunAs, path: string): boolean {
  return spawnSync('setpriv', [...userFlags(user), '--', 'test', '-r', path]).status === 0
}
