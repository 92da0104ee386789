import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { LOCAL_PORTS } from '@medqueue/contracts'
import { assertPortFree } from '@medqueue/servers'
import type { ExecutionContext } from 'ava'

import { type PlatformOptions, startPlatform } from '../../src/index.ts'

export async function scratchFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-'))
  await chmod(folder, 0o755)
  t.teardown(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

// Below the ports that the system hands out for outgoing connections.
let offset = 500 + Math.floor(Math.random() * 11_000)

/** An offset at which every port of a platform is free, and which no other test of this file has. */
export async function freeOffset(): Promise<number> {
  for (;;) {
    offset += 1
    const mine = offset
    try {
      for (const port of Object.values(LOCAL_PORTS)) await assertPortFree(port + mine, 'a test')
      return mine
    } catch {
      // Taken; try the next one.
    }
  }
}

/** A platform of servers only, unless services are named; stopped with the test. */
export async function platform(t: ExecutionContext, options: Partial<PlatformOptions> = {}) {
  const started = await startPlatform({
    dataDir: options.dataDir ?? (await scratchFolder(t)),
    portsOffset: options.portsOffset ?? (await freeOffset()),
    services: [],
    quiet: true,
    ...options,
  })
  t.teardown(async () => started.stop())
  return started
}
