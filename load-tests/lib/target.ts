import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { readPlatformFile } from '@medqueue/embedded'
import { isAlive } from '@medqueue/servers'

import { clusterTarget } from './cluster-target.ts'
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
  /** Ways to the same servers, made anew where one of before leads to a pod that may be gone by the time of the audit. */
  reopened?: () => Promise<{ databaseUrl: string; natsUrl: string }>
  prefix: string
  /** The issuer's environment, to make tokens with; undefined when they are given as a file. */
  minting: NodeJS.ProcessEnv | undefined
  /** Its processes by name, read anew at each call, since they may be restarted. */
  processes: () => Record<string, number>
  /** Gives up what was opened to reach it. */
  close: () => Promise<void>
}

const nothing = async () => undefined

/**
 * The platform that `make up` runs; with TARGET=cluster the one in the cluster of KUBECONFIG, or of `make cluster`,
 * through its ingress. For one that runs elsewhere, set BOOKING_URLS, TOKENS (a file of JSON lines with
 * `token`), DATABASE_URL, NATS_URL and, if need be, SUBJECT_PREFIX. Throws LOAD_NO_PLATFORM, LOAD_SETTINGS.
 */
export async function findTarget(env: NodeJS.ProcessEnv, urls: string[] | undefined): Promise<Target> {
  const { TARGET: target = '' } = env
  if (target === 'cluster') return clusterTarget(env, urls)
  if (target === '') return elsewhere(env, urls) ?? here(urls)
  throw new LoadError('LOAD_SETTINGS', `TARGET can only be cluster, not ${target}.`)
}

function elsewhere(env: NodeJS.ProcessEnv, urls: string[] | undefined): Target | undefined {
  const { DATABASE_URL: databaseUrl, NATS_URL: natsUrl, TOKENS: tokens, SUBJECT_PREFIX: prefix = '' } = env
  if (!urls || !databaseUrl || !natsUrl || !tokens) return undefined
  return { urls, databaseUrl, natsUrl, prefix, minting: undefined, processes: () => ({}), close: nothing }
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
  const secrets = JSON.parse(readFileSync(join(DATA_DIR, 'secrets.json'), 'utf8')) as Record<string, string>
  return {
    urls: urls ?? platform.urls.booking,
    databaseUrl: booking.appUrl,
    natsUrl: platform.urls.nats,
    prefix: '',
    minting: {
      DATABASE_URL: identity.appUrl,
      ISSUER: platform.urls.issuer,
      TOKEN_AUDIENCE: platform.audience,
      KEY_ENCRYPTION_KEY: secrets['identity.keyEncryption'],
    },
    close: nothing,
    processes: () => pidsOf(readPlatformFile(DATA_DIR)?.processes ?? {}),
  }
}

function pidsOf(processes: Record<string, { pid: number }>): Record<string, number> {
  return Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, pid]))
}
