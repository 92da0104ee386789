import closeWithGrace from 'close-with-grace'

import { listen } from './acceptors.ts'
import type { Service } from './types.ts'

export interface RunOptions {
  host: string
  port: number
  /**
   * Milliseconds between "not ready" and closing, for load balancers to notice; 0 by default. Requests are still
   * served meanwhile.
   */
  shutdownDelayMs?: number
  /** Runs after the last request has been answered: close pools and connections here. */
  onClose?: () => Promise<void>
}

/** A stop that takes longer than this, beside the delay, is ended by force. */
const CLOSE_LIMIT_MS = 20_000

/**
 * Listens, logs the address, and stops on SIGTERM, SIGINT or an uncaught error in this order: not ready, delay, no new
 * connections and the last answers, `onClose`, exit. Rejects when the address cannot be had, after `onClose`.
 */
export async function runService(app: Service, options: RunOptions): Promise<void> {
  const { host, port, shutdownDelayMs = 0, onClose } = options
  try {
    const address = await listen(app, { host, port })
    app.log.info({ url: address }, 'service is ready')
  } catch (error) {
    await app.close()
    await onClose?.()
    throw error
  }

  const logger = { error: (error: unknown) => app.log.error({ err: error }, 'service cannot stop in order') }
  closeWithGrace({ delay: shutdownDelayMs + CLOSE_LIMIT_MS, logger }, async ({ signal, err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'service stops after an uncaught error')
    else app.log.info({ signal }, 'service stops')
    app.lifecycle.draining = true
    // After an uncaught error the state is unknown: leave at once.
    if (err === undefined && shutdownDelayMs > 0)
      await new Promise((resolve) => setTimeout(resolve, shutdownDelayMs))
    await app.close()
    await onClose?.()
    app.log.info({}, 'service has stopped')
  })
}
