import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { identityOf, isAlive, type ProcessIdentity } from '@medqueue/servers'

const EVERY_MS = 500

/** Runs the work while no other process holds the file. One whose holder is gone counts as free. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  while (!take(file)) await delay(EVERY_MS)
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** Linking a finished file is one step: nobody ever sees a lock without its holder. */
function take(file: string): boolean {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, JSON.stringify(identityOf(process.pid)))
  try {
    linkSync(mine, file)
    return true
  } catch {
    const holder = holderOf(file)
    if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true })
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

function holderOf(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
  } catch {
    return undefined // It was given back meanwhile.
  }
}
