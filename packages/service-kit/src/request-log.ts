import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'

import { pathOf } from './error-handler.ts'

/** Lines a second. In a storm of refusals, writing one for each would take the time to answer them. */
const BUDGET = 100

export interface RequestLogOptions {
  logger: Logger
  slowMs: number
  clock: () => number
}

/**
 * One line for a request that was refused, failed or was slow; for the others only at debug. Never a body nor a query
 * string. Beyond the budget lines are left out, and the next line says how many.
 */
export class RequestLog {
  readonly #logger: Logger
  readonly #slowMs: number
  readonly #clock: () => number
  #second = 0
  #written = 0
  #omitted = 0

  constructor({ logger, slowMs, clock }: RequestLogOptions) {
    this.#logger = logger
    this.#slowMs = slowMs
    this.#clock = clock
  }

  completed(request: FastifyRequest, reply: FastifyReply, elapsed: number): void {
    const status = reply.statusCode
    const notable = status >= 400 || elapsed > this.#slowMs
    if (!notable && !this.#logger.isLevelEnabled('debug')) return
    if (notable && !this.#afford()) return
    const fields = {
      method: request.method,
      path: pathOf(request.url),
      status,
      milliseconds: Math.round(elapsed * 10) / 10,
      ...(this.#omitted > 0 ? { omitted: this.#omitted } : {}),
    }
    this.#omitted = 0
    request.log[notable ? 'info' : 'debug'](fields, 'request completed')
  }

  #afford(): boolean {
    const second = Math.floor(this.#clock() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#written = 0
    }
    this.#written += 1
    if (this.#written <= BUDGET) return true
    this.#omitted += 1
    return false
  }
}
