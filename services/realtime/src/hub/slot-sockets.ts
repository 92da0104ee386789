import { ProblemError } from '@medqueue/service-kit'
import type { WebSocket } from '@fastify/websocket'

import { Closing } from '../domain/closing.ts'
import { renderReady, renderReset } from '../domain/message.ts'
import { RealtimeErrors } from '../errors.ts'
import { Heartbeat } from './heartbeat.ts'
import type { SlotTopics, SlotWatcher } from './slot-topics.ts'

export interface SlotSocketsOptions {
  topics: SlotTopics
  /** The newest sequence of the stream that has been read. */
  head: () => number
  now: () => Date
  limits: { maxSockets: number; maxPerAddress: number; maxBufferedBytes: number; heartbeatMs: number }
  onClosed: (why: Closing) => void
}

interface Watcher extends SlotWatcher {
  close: (why: Closing) => void
}

/**
 * The sockets of those who look at slots. They need no ticket, so they have limits of their own: whoever opens too many
 * keeps nobody from their own events.
 */
export class SlotSockets {
  readonly #options: SlotSocketsOptions
  readonly #heartbeat = new Heartbeat()
  readonly #open = new Set<Watcher>()
  readonly #byAddress = new Map<string, number>()
  #started = false

  constructor(options: SlotSocketsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  /** From now on sockets are let in. */
  start(): void {
    this.#started = true
    this.#heartbeat.start(this.#options.limits.heartbeatMs)
  }

  /** Throws REALTIME_STARTING, REALTIME_FULL or REALTIME_TOO_MANY_SOCKETS. */
  assertRoom(address: string): void {
    if (!this.#started)
      throw new ProblemError(RealtimeErrors.REALTIME_STARTING, { headers: { 'retry-after': '1' } })
    if (this.#open.size >= this.#options.limits.maxSockets)
      throw new ProblemError(RealtimeErrors.REALTIME_FULL, { headers: { 'retry-after': '2' } })
    if (this.#isFull(address)) throw new ProblemError(RealtimeErrors.REALTIME_TOO_MANY_SOCKETS)
  }

  /** Takes over an open socket: from `ready` on it is told of every change. */
  accept(socket: WebSocket, doctorIds: readonly string[], address: string): void {
    const { topics, head, now, onClosed, limits } = this.#options
    // Others may have come in since the limits were looked at.
    if (this.#isFull(address)) return socket.close(Closing.full.code, Closing.full.reason)
    let why: Closing = 'gone'
    const watcher: Watcher = {
      doctorIds,
      tell: (text) => {
        socket.send(text)
        if (socket.bufferedAmount > limits.maxBufferedBytes) watcher.close('slow')
      },
      close: (reason) => {
        why = reason
        topics.detach(watcher)
        socket.close(Closing[reason].code, Closing[reason].reason)
      },
    }
    const terminate = () => {
      why = 'dead'
      socket.terminate()
    }
    const pulse = this.#heartbeat.join({ ping: () => socket.ping(), terminate })
    this.#enter(watcher, address)
    socket.on('pong', pulse.answered)
    socket.on('message', () => watcher.close('spoke'))
    socket.once('close', () => {
      pulse.leave()
      this.#leave(watcher, address)
      onClosed(why)
    })
    socket.send(renderReady(head(), now()))
  }

  /** Something may have been missed: everybody searches again. */
  reset(): void {
    const text = renderReset(this.#options.head(), this.#options.now())
    for (const watcher of this.#open) watcher.tell(text)
  }

  /** Tells everybody to connect elsewhere. */
  stop(): void {
    this.#started = false
    this.#heartbeat.stop()
    for (const watcher of this.#open) watcher.close('stopping')
  }

  #isFull(address: string): boolean {
    const { maxSockets, maxPerAddress } = this.#options.limits
    return this.#open.size >= maxSockets || (this.#byAddress.get(address) ?? 0) >= maxPerAddress
  }

  #enter(watcher: Watcher, address: string): void {
    this.#open.add(watcher)
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
    this.#options.topics.attach(watcher)
  }

  #leave(watcher: Watcher, address: string): void {
    this.#open.delete(watcher)
    this.#options.topics.detach(watcher)
    const left = (this.#byAddress.get(address) ?? 1) - 1
    if (left === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, left)
  }
}
