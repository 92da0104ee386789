import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { ProblemError } from '@medqueue/service-kit'
import type { FastifyReply } from 'fastify'

import { type Headers, responseHeaders } from '../domain/headers.ts'
import { GatewayErrors } from '../errors.ts'
import type { Upgrade } from '../plugins/upgrades.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { problemOf, upstreamDown } from './problems.ts'
import { join, requestUpgrade, switchingHead, type UpgradeAnswer } from './upgrade.ts'

export interface SocketProxyOptions {
  maxSockets: number
  /** Longest wait for the upstream's answer; milliseconds. */
  timeoutMs: number
  /** Longest silence of the upstream; milliseconds. */
  idleMs: number
  /** Told how many there are now. */
  onCount: (open: number) => void
}

export interface SocketRequest {
  path: string
  headers: Headers
  upgrade: Upgrade
  reply: FastifyReply
}

/** Passes WebSockets through byte by byte: frames, pings and close codes are between the two ends. */
export class SocketProxy {
  readonly #options: SocketProxyOptions
  readonly #clients = new Set<Duplex>()
  #asking = 0

  constructor(options: SocketProxyOptions) {
    this.#options = options
  }

  get open(): number {
    return this.#clients.size
  }

  /** Switches the client over to the upstream, or passes on the answer of an upstream that refused. */
  async pass(upstream: Upstream, request: SocketRequest): Promise<FastifyReply> {
    if (this.open + this.#asking >= this.#options.maxSockets)
      throw new ProblemError(GatewayErrors.GATEWAY_FULL)
    this.#asking += 1
    try {
      const outcome = await this.#ask(upstream, request)
      return await (outcome.switched ? this.#switch(outcome, request) : refuse(outcome.answer, request.reply))
    } finally {
      this.#asking -= 1
    }
  }

  /** Ends all of them; clients connect again and resume. */
  close(): void {
    for (const client of this.#clients) client.destroy()
  }

  async #ask(upstream: Upstream, { path, headers }: SocketRequest): Promise<UpgradeAnswer> {
    const replica = upstream.pick()
    if (replica === undefined) throw upstreamDown(upstream.retryAfter())
    const { timeoutMs } = this.#options
    try {
      return await replica.run(() => requestUpgrade({ origin: replica.origin, path, headers, timeoutMs }))
    } catch (error) {
      throw problemOf(error, upstream.retryAfter())
    }
  }

  #switch(
    outcome: Extract<UpgradeAnswer, { switched: true }>,
    { upgrade, reply }: SocketRequest,
  ): FastifyReply {
    const client = upgrade.socket
    const { answer, head, socket: upstreamSocket } = outcome
    reply.hijack()
    upgrade.take()
    this.#clients.add(client)
    this.#options.onCount(this.open)
    upstreamSocket.setTimeout(this.#options.idleMs, () => upstreamSocket.destroy())
    join(client, upstreamSocket, () => {
      this.#clients.delete(client)
      this.#options.onCount(this.open)
    })
    client.write(switchingHead(answer))
    if (head.length > 0) client.write(head)
    if (upgrade.head.length > 0) upstreamSocket.write(upgrade.head)
    if (client.destroyed) upstreamSocket.destroy()
    return reply
  }
}

function refuse(answer: IncomingMessage, reply: FastifyReply): FastifyReply {
  return reply
    .code(answer.statusCode ?? 502)
    .headers(responseHeaders(answer.headers))
    .send(answer)
}
