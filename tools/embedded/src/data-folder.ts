import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { assertRoom, endLeftover, isAlive, ServerError } from '@medqueue/servers'

import { readPlatformFile } from './platform-file.ts'

const GIB = 1024 ** 3

/** What a reset wipes. Tests and benchmarks may be at work beside it. */
const OURS = [
  ...['postgres', 'nats', 'redis', 'logs', 'run'],
  ...['secrets.json', 'seeded.json', 'platform.json'],
]

export interface Folders {
  data: string
  logs: string
  /** Pid files of services. */
  run: string
}

/**
 * Makes the folders ready for a start: room on the disk, no other platform at work, leftovers of a killed one ended,
 * and wiped when asked for.
 */
export async function prepareFolders(dataDir: string, reset: boolean): Promise<Folders> {
  const folders = { data: dataDir, logs: join(dataDir, 'logs'), run: join(dataDir, 'run') }
  refuseSecond(dataDir)
  await assertRoom(dataDir, GIB)
  for (const pidFile of pidFiles(folders)) await endLeftover(pidFile, 'A part of the platform')
  if (reset) wipe(dataDir)
  mkdirSync(folders.logs, { recursive: true })
  mkdirSync(folders.run, { recursive: true })
  return folders
}

function refuseSecond(dataDir: string): void {
  const running = readPlatformFile(dataDir)
  if (running === undefined || !isAlive(running.launcher)) return
  throw new ServerError(
    'SERVERS_DATA_IN_USE',
    `The platform already runs as process ${running.launcher.pid} (${running.urls.gateway}): use it, or stop it with \`make down\`.`,
  )
}

function pidFiles({ data, run }: Folders): string[] {
  return [run, ...['postgres', 'nats', 'redis'].map((name) => join(data, name))].flatMap((folder) => {
    return listed(folder)
      .filter((file) => file.endsWith('.pid'))
      .map((file) => join(folder, file))
  })
}

function wipe(dataDir: string): void {
  for (const name of OURS) rmSync(join(dataDir, name), { recursive: true, force: true })
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // Not there yet.
  }
}
