import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Provisioned } from '@medqueue/database'
import { type ProcessIdentity } from '@medqueue/servers'

import type { PlatformUrls } from './layout.ts'

/** `.data/platform.json`: how load tests, the audit and other tools find a running platform. Holds passwords. */
export interface PlatformFile {
  /** The process that started all others. */
  launcher: ProcessIdentity
  startedAt: string
  dataDir: string
  urls: PlatformUrls
  audience: string
  /** Superuser's URL. */
  postgresUrl: string
  /** By service. */
  databases: Record<string, Provisioned>
  /** By name, such as `booking-worker-1`; without the ones that are down. */
  processes: Record<string, { pid: number; log: string }>
  /** Programs that may ask identity for a token with the role `service`. */
  clients: Record<string, string>
}

export function platformFileIn(dataDir: string): string {
  return join(dataDir, 'platform.json')
}

/** What is known about the platform of a data folder; undefined when none runs there. */
export function readPlatformFile(dataDir: string): PlatformFile | undefined {
  const file = platformFileIn(dataDir)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PlatformFile) : undefined
}

/** Replaces the file in one step, so that a reader never sees half of it. */
export function writePlatformFile(content: PlatformFile): void {
  const file = platformFileIn(content.dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function removePlatformFile(dataDir: string): void {
  rmSync(platformFileIn(dataDir), { force: true })
}
