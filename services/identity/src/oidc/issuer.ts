import type { Provider } from 'oidc-provider'
import type { FastifyBaseLogger } from 'fastify'

import type { PrivateJwk } from '../crypto/signing-keys.ts'
import { type KeyContext, type KeySet, maintainKeys } from './key-set.ts'

export interface Issuer {
  /** The provider with the keys of now. Take it anew for each request. */
  current: () => Provider
  /** Looks at the keys now instead of at the next poll. */
  refresh: () => Promise<void>
  stop: () => void
}

export interface IssuerOptions {
  keyContext: KeyContext
  pollMs: number
  createProvider: (keys: readonly PrivateJwk[]) => Provider
  logger: FastifyBaseLogger
}

/**
 * Keeps the provider in step with the stored keys:
 *
 *   read keys --changed--> new provider --(poll, or the next planned change, whichever is sooner)--> read keys
 *
 * While the database is out of reach the provider goes on with the keys it has.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { keyContext, pollMs, createProvider, logger } = options
  let set = await maintainKeys(keyContext)
  let provider = createProvider(set.keys)
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const refresh = async () => {
    const next = await maintainKeys(keyContext)
    if (!sameKeys(set, next)) {
      provider = createProvider(next.keys)
      logger.info({ signing: next.plan.signing, published: next.plan.published }, 'signing keys changed')
    }
    set = next
  }
  const schedule = () => {
    if (stopped) return
    timer = setTimeout(() => void poll(), delayOf(set, keyContext.now(), pollMs))
    timer.unref()
  }
  const poll = async () => {
    try {
      await refresh()
    } catch (error) {
      logger.warn({ err: error }, 'signing keys cannot be read; the known ones go on')
    }
    schedule()
  }
  schedule()
  return {
    current: () => provider,
    refresh,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const sameKeys = (a: KeySet, b: KeySet) => a.plan.published.join() === b.plan.published.join()

function delayOf({ plan }: KeySet, now: Date, pollMs: number): number {
  if (plan.nextChange === undefined) return pollMs
  return Math.min(pollMs, Math.max(plan.nextChange.getTime() - now.getTime(), 0) + 1)
}
