import { resolve } from 'node:path'

import { readPlatformFile } from '@medqueue/embedded'
import { isAlive } from '@medqueue/servers'

import { LoadError } from './errors.ts'

export const ROOT = resolve(import.meta.dirname, '../..')
/** Where the platform keeps its data, and reports are written. */
export const DATA_DIR = resolve(ROOT, process.env.MEDQUEUE_DATA ?? '.data')

/** What is loaded, and where the audit looks. */
export interface Target {
  /** Base URLs of the booking api. */
  urls: string[]
  databaseUrl: string
  natsUrl: string
  prefix: string
  /** How tokens are made; undefined when they are given as a file. */
  minting: NodeJS.ProcessEnv | undefined
  /** Its processes by name, read anew at each call, since they may be restarted. */
  processes: () => Record<string, number>
}

/**
 * The platform that `make up` runs. For one that runs elsewhere, set BOOKING_URLS, TOKENS (a file of JSON lines with
 * `token`), DATABASE_URL, NATS_URL and, if need be, SUBJECT_PREFIX. Throws LOAD_NO_PLATFORM.
 */
export function findTarget(env: NodeJS.ProcessEnv, urls: string[] | undefined): Target {
  return elsewhere(env, urls) ?? here(urls)
}

function elsewhere(env: NodeJS.ProcessEnv, urls: string[] | undefined): Target | undefined {
  const { DATABASE_URL: databaseUrl, NATS_URL: natsUrl, TOKENS: tokens, SUBJECT_PREFIX: prefix = '' } = env
  if (!urls || !databaseUrl || !natsUrl || !tokens) return undefined
  return { urls, databaseUrl, natsUrl, prefix, minting: undefined, processes: () => ({}) }
}

function here(urls: string[] | undefined): Target {
  const platform = readPlatformFile(DATA_DIR)
  if (platform === undefined || !isAlive(platform.launcher)) {
    throw new LoadError(
      'LOAD_NO_PLATFORM',
      'No platform runs here: start one with `make up` in another terminal.',
    )
  }
  const { booking, identity } = platform.databases
  if (booking === undefined || identity === undefined) {
    throw new LoadError(
      'LOAD_NO_PLATFORM',
      'The platform that runs here has no booking or no identity service.',
    )
  }
  return {
    urls: urls ?? platform.urls.booking,
    databaseUrl: booking.appUrl,
    natsUrl: platform.urls.nats,
    prefix: '',
    minting: {
      DATABASE_URL: identity.appUrl,
      ISSUER: platform.urls.issuer,
      TOKEN_AUDIENCE: platform.audience,
    },
    processes: () => pidsOf(readPlatformFile(DATA_DIR)?.processes ?? {}),
  }
}

function pidsOf(processes: Record<string, { pid: number }>): Record<string, number> {
  return Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, pid]))
}
